// Who meets whom where: the motifs of behaviour.h. Called by behaviour_of; keeps nothing.
#include <algorithm>
#include <functional>

#include "behaviour.h"
#include "chance/random.h"

namespace tillwatch::gates {
namespace {

constexpr std::size_t top_cards = 5, shop_acts_least = 51;
// Larger meetings than this say who was in the crowd, not who knows whom, and cost their square.
constexpr std::size_t crowd = 32;

std::uint64_t key_of(std::uint64_t a, std::uint64_t b) {
  return chance::mix64(a * chance::golden_step + b);
}

double share_of(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

double pairs_of(std::size_t count) {
  return static_cast<double>(count) * (static_cast<double>(count) - 1) / 2;
}

// Sorts, and calls `take` with each run of equal values and its length.
template <class Value, class Take>
void each_run(std::vector<Value>& values, Take take) {
  std::ranges::sort(values);
  for (std::size_t i = 0; i < values.size();) {
    const std::size_t begin = i;
    while (i < values.size() && values[i] == values[begin]) ++i;
    take(values[begin], i - begin);
  }
}

// What the payments of one card after the other come to.
struct OfCards {
  double same_shop = 0, cards = 0;    // sum over the cards of the chance that two days' payments share a shop
  double seen = 0;                    // payments at a shop where the card was before
  std::vector<std::uint64_t> routes;  // a key of day and two shops, once for each card
  std::vector<std::pair<std::uint32_t, std::int64_t>> visits;

  void take(std::span<const Act> acts) {
    visits.clear();
    for (const Act& act : acts) visits.emplace_back(act.merchant, core::floor_div(act.time, core::day_ms));
    std::vector<std::int64_t> days;
    std::vector<std::uint32_t> shops;
    for (const auto& [shop, day] : visits) {
      days.push_back(day);
      shops.push_back(shop);
    }
    // Two payments of different days: all pairs less those of one day.
    double apart = pairs_of(visits.size()), together = 0;
    each_run(days, [&](std::int64_t, std::size_t count) { apart -= pairs_of(count); });
    each_run(shops, [&](std::uint32_t, std::size_t count) {
      together += pairs_of(count);
      seen += static_cast<double>(count) - 1;
    });
    each_run(visits, [&](const auto&, std::size_t count) { together -= pairs_of(count); });
    if (apart > 0) {
      same_shop += together / apart;
      cards += 1;
    }
    visits.erase(std::ranges::unique(visits).begin(), visits.end());
    for (const auto& [shop, day] : visits)
      for (const auto& [other, same_day] : visits)
        if (shop < other && day == same_day)
          routes.push_back(key_of(static_cast<std::uint64_t>(day), (std::uint64_t{shop} << 32) | other));
  }
};

// What the payments of one shop after the other come to.
struct OfShops {
  double named = 0, shops = 0;          // terminals
  double top_five = 0, busy = 0;        // of busy shops
  std::vector<std::uint64_t> meetings;  // a key of two cards, once for each hour that they share
  std::vector<std::uint64_t> cards, hour;
  std::vector<std::uint32_t> terminals;

  void take(std::span<const Act> acts) {
    cards.clear();
    terminals.clear();
    for (const Act& act : acts) {
      cards.push_back(act.card);
      terminals.push_back(act.terminal);
    }
    shops += 1;
    each_run(terminals, [&](std::uint32_t, std::size_t) { named += 1; });
    std::vector<std::size_t> counts;
    each_run(cards, [&](std::uint64_t, std::size_t count) { counts.push_back(count); });
    if (acts.size() >= shop_acts_least) {
      std::ranges::sort(counts, std::greater<>());
      double top = 0;
      for (std::size_t i = 0; i < std::min(top_cards, counts.size()); ++i)
        top += static_cast<double>(counts[i]);
      top_five += top / static_cast<double>(acts.size());
      busy += 1;
    }
    for (std::size_t i = 0; i < acts.size();) {
      const auto now = core::floor_div(acts[i].time, core::hour_ms);
      hour.clear();
      for (; i < acts.size() && core::floor_div(acts[i].time, core::hour_ms) == now; ++i)
        hour.push_back(acts[i].card);
      meet();
    }
  }

 private:
  void meet() {
    std::ranges::sort(hour);
    hour.erase(std::ranges::unique(hour).begin(), hour.end());
    if (hour.size() > crowd) hour.resize(crowd);
    for (std::size_t i = 0; i < hour.size(); ++i)
      for (std::size_t j = i + 1; j < hour.size(); ++j) meetings.push_back(key_of(hour[i], hour[j]));
  }
};

}  // namespace

void measure_motifs(const Sorted& sorted, Figures& out) {
  OfCards of_cards;
  each_group(sorted.by_card, &Act::card, [&](std::span<const Act> acts) { of_cards.take(acts); });
  OfShops of_shops;
  each_group(sorted.by_shop, &Act::merchant, [&](std::span<const Act> acts) { of_shops.take(acts); });
  const auto all = static_cast<double>(sorted.by_card.size());
  double ever = 0, again = 0, doubles = 0;
  each_run(of_shops.meetings, [&](std::uint64_t, std::size_t count) {
    ever += 1;
    again += count > 1 ? 1 : 0;
  });
  each_run(of_cards.routes, [&](std::uint64_t, std::size_t count) { doubles += pairs_of(count); });
  put(out, Figure::same_shop_again, share_of(of_cards.same_shop, of_cards.cards));
  put(out, Figure::seen_before, of_cards.seen / all);
  put(out, Figure::companions, share_of(again, ever));
  put(out, Figure::double_meetings, doubles * 1'000 / all);
  put(out, Figure::terminals_a_shop, share_of(of_shops.named, of_shops.shops));
  put(out, Figure::top_five_cards, share_of(of_shops.top_five, of_shops.busy));
}

}  // namespace tillwatch::gates
