#include "behaviour.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace tillwatch::gates {
namespace {

constexpr std::size_t card_gaps_least = 10, shop_gaps_least = 50, shop_acts_least = 30;

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double each : values) sum += each;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

std::vector<core::TimeMs> times_of(std::span<const Act> acts) {
  std::vector<core::TimeMs> out;
  for (const Act& act : acts) out.push_back(act.time);
  return out;
}

double day_spread(const std::vector<core::TimeMs>& times, core::TimeMs first, core::TimeMs last) {
  const auto begin = core::floor_div(first, core::day_ms);
  const auto days = static_cast<std::size_t>(core::floor_div(last, core::day_ms) - begin + 1);
  std::vector<double> counts(days, 0);
  for (const core::TimeMs time : times)
    counts[static_cast<std::size_t>(core::floor_div(time, core::day_ms) - begin)] += 1;
  const double mean = static_cast<double>(times.size()) / static_cast<double>(days);
  double squares = 0;
  for (const double each : counts) squares += (each - mean) * (each - mean);
  return days < 2 ? 0 : squares / static_cast<double>(days - 1) / mean;
}

void measure_timing(const Sorted& sorted, Figures& out) {
  std::vector<double> burst, memory, few, many, shop_burst, shop_few, spread;
  each_group(sorted.by_card, &Act::card, [&](std::span<const Act> acts) {
    if (acts.size() <= card_gaps_least) return;
    const Gaps gaps = gaps_of(times_of(acts));
    burst.push_back(gaps.burst);
    memory.push_back(gaps.memory);
    few.push_back(gaps.short_share);
    many.push_back(gaps.long_share);
  });
  const auto [first, last] = std::ranges::minmax(sorted.by_shop, {}, &Act::time);
  each_group(sorted.by_shop, &Act::merchant, [&](std::span<const Act> acts) {
    if (acts.size() >= shop_acts_least) spread.push_back(day_spread(times_of(acts), first.time, last.time));
    if (acts.size() <= shop_gaps_least) return;
    const Gaps gaps = gaps_of(times_of(acts));
    shop_burst.push_back(gaps.burst);
    shop_few.push_back(gaps.short_share);
  });
  put(out, Figure::card_burst, mean_of(burst));
  put(out, Figure::card_memory, mean_of(memory));
  put(out, Figure::card_short_gaps, mean_of(few));
  put(out, Figure::card_long_gaps, mean_of(many));
  put(out, Figure::shop_burst, mean_of(shop_burst));
  put(out, Figure::shop_short_gaps, mean_of(shop_few));
  put(out, Figure::shop_day_spread, mean_of(spread));
}

void measure_bursts(const Sorted& sorted, Figures& out) {
  constexpr core::DurationMs train_gap = 30 * core::minute_ms;
  double soon = 0, hour = 0, trained = 0;
  each_group(sorted.by_card, &Act::card, [&](std::span<const Act> acts) {
    std::size_t train = 1;
    for (std::size_t i = 1; i <= acts.size(); ++i) {
      const bool ends = i == acts.size();
      const core::DurationMs gap = ends ? core::day_ms : acts[i].time - acts[i - 1].time;
      soon += gap <= 10 * core::minute_ms ? 1 : 0;
      hour += gap <= core::hour_ms ? 1 : 0;
      if (!ends && gap <= train_gap) {
        ++train;
        continue;
      }
      if (train >= 3) trained += static_cast<double>(train);
      train = 1;
    }
  });
  const auto all = static_cast<double>(sorted.by_card.size());
  put(out, Figure::follows_in_10min, soon / all);
  put(out, Figure::follows_in_hour, hour / all);
  put(out, Figure::in_trains, trained / all);
}

// By one member, then by time; ties by all that is left, so that no sort can change a figure.
template <class Member>
void sort_by(Acts& acts, Member member) {
  std::ranges::sort(acts, [&](const Act& a, const Act& b) {
    return std::tie(a.*member, a.time, a.card, a.merchant, a.terminal, a.amount) <
           std::tie(b.*member, b.time, b.card, b.merchant, b.terminal, b.amount);
  });
}

}  // namespace

std::string_view name_of(Family family) {
  constexpr std::array<std::string_view, 4> names = {"timing", "bursts", "motifs", "velocity"};
  return names[static_cast<std::size_t>(family)];
}

// Burstiness after Goh and Barabasi (2008) with the correction of Kim and Jo (2016) for short lists; memory
// after the former.
Gaps gaps_of(const std::vector<core::TimeMs>& times) {
  Gaps out;
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) gaps.push_back(static_cast<double>(times[i] - times[i - 1]));
  const auto count = static_cast<double>(gaps.size());
  const double mean = mean_of(gaps);
  if (gaps.size() < 2 || mean <= 0) return out;
  double squares = 0;
  for (const double gap : gaps) {
    squares += (gap - mean) * (gap - mean);
    out.short_share += gap < mean / 10 ? 1 / count : 0;
    out.long_share += gap > mean * 3 ? 1 / count : 0;
  }
  const double ratio = std::sqrt(squares / count) / mean;
  const double more = std::sqrt(count + 1), less = std::sqrt(count - 1);
  out.burst = (more * ratio - less) / ((more - 2) * ratio + less);
  double first_mean = 0, next_mean = 0;
  for (std::size_t i = 0; i + 1 < gaps.size(); ++i) {
    first_mean += gaps[i] / (count - 1);
    next_mean += gaps[i + 1] / (count - 1);
  }
  double both = 0, first = 0, next = 0;
  for (std::size_t i = 0; i + 1 < gaps.size(); ++i) {
    both += (gaps[i] - first_mean) * (gaps[i + 1] - next_mean);
    first += (gaps[i] - first_mean) * (gaps[i] - first_mean);
    next += (gaps[i + 1] - next_mean) * (gaps[i + 1] - next_mean);
  }
  out.memory = first > 0 && next > 0 ? both / std::sqrt(first * next) : 0;
  return out;
}

Figures behaviour_of(Acts acts) {
  Figures out{};
  if (acts.empty()) return out;
  Sorted sorted{acts, acts, std::move(acts)};
  sort_by(sorted.by_card, &Act::card);
  sort_by(sorted.by_shop, &Act::merchant);
  sort_by(sorted.by_terminal, &Act::terminal);
  measure_timing(sorted, out);
  measure_bursts(sorted, out);
  measure_motifs(sorted, out);
  measure_velocity(sorted, out);
  return out;
}

}  // namespace tillwatch::gates
