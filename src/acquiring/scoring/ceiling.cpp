#include "scoring/ceiling.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

namespace tillwatch::scoring {

std::vector<std::optional<std::int64_t>> best_days(const std::vector<Chance>& chances, std::int64_t budget) {
  std::vector<std::optional<std::int64_t>> out(chances.size());
  std::vector<std::size_t> order(chances.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(chances[i].from, i); });
  using Waiting = std::pair<std::int64_t, std::size_t>;  // its last day, its place
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting;
  if (budget <= 0 || chances.empty()) return out;
  std::size_t next = 0;
  for (std::int64_t day = chances[order[0]].from; next < order.size() || !waiting.empty(); ++day) {
    if (waiting.empty()) day = std::max(day, chances[order[next]].from);
    while (next < order.size() && chances[order[next]].from <= day) {
      waiting.emplace(chances[order[next]].to, order[next]);
      ++next;
    }
    std::int64_t left = budget;
    while (!waiting.empty() && left > 0) {
      const auto [to, place] = waiting.top();
      waiting.pop();
      if (to < day) continue;
      out[place] = day;
      --left;
    }
  }
  return out;
}

}  // namespace tillwatch::scoring
