// Who meets whom where: the motifs of behaviour.h. Called by behaviour_of; keeps nothing.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "behaviour.h"
#include "chance/random.h"

namespace tillwatch::gates {
namespace {

constexpr std::size_t top_cards = 5, shop_acts_least = 51;
// Larger meetings than this say who was in the crowd, not who knows whom, and cost their square.
constexpr std::size_t crowd = 64;

std::uint64_t key_of(std::uint64_t a, std::uint64_t b) {
  return chance::mix64(a * chance::golden_step + b);
}

double share_of(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

// Chance that two payments of a card on different days are at one shop: without bias for any number of
// payments, unlike the share of the favourite shop. Mean over the cards that have two days.
double same_shop_again(const Acts& acts) {
  std::map<std::uint64_t, std::map<std::int64_t, std::map<std::uint32_t, double>>> cards;
  for (const Act& act : acts) cards[act.card][core::floor_div(act.time, core::day_ms)][act.merchant] += 1;
  double sum = 0, counted = 0;
  for (const auto& [card, days] : cards) {
    if (days.size() < 2) continue;
    std::map<std::uint32_t, double> shops;
    double all = 0, pairs = 0, same = 0;
    for (const auto& [day, visits] : days) {
      double today = 0;
      for (const auto& [shop, times] : visits) {
        same += times * shops[shop];
        today += times;
      }
      pairs += today * all;
      all += today;
      for (const auto& [shop, times] : visits) shops[shop] += times;
    }
    sum += same / pairs;
    counted += 1;
  }
  return share_of(sum, counted);
}

// Calls `meet` with each two distinct cards of `cards`.
template <class Meet>
void each_pair(std::vector<std::uint64_t>& cards, Meet meet) {
  std::ranges::sort(cards);
  cards.erase(std::ranges::unique(cards).begin(), cards.end());
  if (cards.size() > crowd) cards.resize(crowd);
  for (std::size_t i = 0; i < cards.size(); ++i)
    for (std::size_t j = i + 1; j < cards.size(); ++j) meet(cards[i], cards[j]);
}

double companions(const Acts& acts) {
  std::map<std::pair<std::uint32_t, std::int64_t>, std::vector<std::uint64_t>> meetings;
  for (const Act& act : acts)
    meetings[{act.merchant, core::floor_div(act.time, core::hour_ms)}].push_back(act.card);
  std::vector<std::uint64_t> pairs;
  for (auto& [place, cards] : meetings)
    each_pair(cards, [&](std::uint64_t a, std::uint64_t b) { pairs.push_back(key_of(a, b)); });
  std::ranges::sort(pairs);
  double ever = 0, again = 0;
  for (std::size_t i = 0; i < pairs.size();) {
    const std::size_t begin = i;
    while (i < pairs.size() && pairs[i] == pairs[begin]) ++i;
    ever += 1;
    again += i - begin > 1 ? 1 : 0;
  }
  return share_of(again, ever);
}

double double_meetings(const Acts& acts) {
  std::map<std::pair<std::int64_t, std::uint64_t>, std::set<std::uint32_t>> days;
  for (const Act& act : acts) days[{core::floor_div(act.time, core::day_ms), act.card}].insert(act.merchant);
  std::map<std::pair<std::int64_t, std::uint64_t>, double> routes;  // of a day: the cards at both shops
  for (const auto& [who, shops] : days)
    for (auto a = shops.begin(); a != shops.end(); ++a)
      for (auto b = std::next(a); b != shops.end(); ++b)
        routes[{who.first, (std::uint64_t{*a} << 32) | *b}] += 1;
  double pairs = 0;
  for (const auto& [route, cards] : routes) pairs += cards * (cards - 1) / 2;
  return pairs * 1'000 / static_cast<double>(acts.size());
}

double top_five_cards(const std::map<std::uint32_t, std::unordered_map<std::uint64_t, double>>& shops) {
  double sum = 0, counted = 0;
  for (const auto& [shop, cards] : shops) {
    std::vector<double> counts;
    double all = 0;
    for (const auto& [card, count] : cards) {
      counts.push_back(count);
      all += count;
    }
    if (all < static_cast<double>(shop_acts_least)) continue;
    std::ranges::sort(counts, std::greater<>());
    double top = 0;
    for (std::size_t i = 0; i < std::min(top_cards, counts.size()); ++i) top += counts[i];
    sum += top / all;
    counted += 1;
  }
  return share_of(sum, counted);
}

}  // namespace

void measure_motifs(const Acts& acts, Figures& out) {
  const auto put = [&](Figure figure, double value) { out[static_cast<std::size_t>(figure)] = value; };
  std::map<std::uint32_t, std::set<std::uint32_t>> terminals;
  std::map<std::uint32_t, std::unordered_map<std::uint64_t, double>> shops;
  double seen = 0, named = 0;
  for (const Act& act : acts) {
    named += terminals[act.merchant].insert(act.terminal).second ? 1 : 0;
    double& here = shops[act.merchant][act.card];
    seen += here > 0 ? 1 : 0;
    here += 1;
  }
  put(Figure::same_shop_again, same_shop_again(acts));
  put(Figure::seen_before, seen / static_cast<double>(acts.size()));
  put(Figure::companions, companions(acts));
  put(Figure::double_meetings, double_meetings(acts));
  put(Figure::terminals_a_shop, named / static_cast<double>(terminals.size()));
  put(Figure::top_five_cards, top_five_cards(shops));
}

}  // namespace tillwatch::gates
