// How often the usual velocity rules fire: the last family of behaviour.h. Called by behaviour_of; keeps
// nothing.
#include <algorithm>

#include "behaviour.h"

namespace tillwatch::gates {
namespace {

// Calls `fires` with each payment of the group (ascending in time) that has at least `least` payments within
// the span up to and including it, and for which `also` holds of those.
template <class Also, class Fires>
void each_crowded(std::span<const Act> acts, std::size_t least, core::DurationMs within, Also also,
                  Fires fires) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    while (acts[first].time <= acts[i].time - within) ++first;
    if (i - first + 1 < least) continue;
    if (also(acts.subspan(first, i - first + 1))) fires(acts[i]);
  }
}

// Whether the payments have so many different values of one member.
template <class Member>
bool has_different(std::span<const Act> acts, Member member, std::size_t least) {
  std::vector<std::uint64_t> values;
  for (const Act& act : acts)
    if (std::ranges::find(values, std::uint64_t{act.*member}) == values.end()) values.push_back(act.*member);
  return values.size() >= least;
}

class Rules {
 public:
  void card(std::span<const Act> acts) {
    each_crowded(acts, 3, 10 * core::minute_ms, always, [&](const Act& act) { fired(0, act); });
    each_crowded(
        acts, 3, core::hour_ms,
        [](std::span<const Act> lately) { return has_different(lately, &Act::merchant, 3); },
        [&](const Act& act) { fired(5, act); });
    each_crowded(
        acts, 4, core::day_ms,
        [](std::span<const Act> lately) {
          return std::ranges::count(lately, lately.back().merchant, &Act::merchant) >= 4;
        },
        [&](const Act& act) { fired(6, act); });
    each_crowded(
        acts, 2, core::hour_ms,
        [](std::span<const Act> lately) {
          return std::ranges::count_if(lately, [&](const Act& act) {
                   return act.merchant == lately.back().merchant && act.amount == lately.back().amount;
                 }) >= 2;
        },
        [&](const Act& act) { fired(2, act); });
    each_crowded(refused_of(acts), 3, core::hour_ms, always, [&](const Act& act) { fired(3, act); });
  }
  void terminal(std::span<const Act> acts) {
    each_crowded(
        acts, 5, 5 * core::minute_ms,
        [](std::span<const Act> lately) { return has_different(lately, &Act::card, 5); },
        [&](const Act& act) { fired(1, act); });
    each_crowded(refused_of(acts), 5, core::hour_ms, always, [&](const Act& act) { fired(4, act); });
  }
  void finish(const Acts& acts, Figures& out) {
    Days all;
    for (const Act& act : acts) all.push_back(day_of(act));
    const auto days = static_cast<double>(distinct(all));
    double most = 0;
    for (Rule& rule : rules_) {
      put(out, rule.figure, rule.fired * 10'000 / static_cast<double>(acts.size()));
      most = std::max(most, static_cast<double>(distinct(rule.days)) / days);
    }
    put(out, Figure::most_rule_days, most);
  }

 private:
  using Days = std::vector<std::pair<std::uint32_t, std::int64_t>>;
  struct Rule {
    Figure figure;
    double fired = 0;
    Days days = {};
  };

  static bool always(std::span<const Act>) { return true; }
  static std::pair<std::uint32_t, std::int64_t> day_of(const Act& act) {
    return {act.merchant, core::floor_div(act.time, core::day_ms)};
  }
  static std::size_t distinct(Days& days) {
    std::ranges::sort(days);
    days.erase(std::ranges::unique(days).begin(), days.end());
    return days.size();
  }
  void fired(std::size_t rule, const Act& act) {
    rules_[rule].fired += 1;
    rules_[rule].days.push_back(day_of(act));
  }
  std::span<const Act> refused_of(std::span<const Act> acts) {
    refused_.clear();
    std::ranges::copy_if(acts, std::back_inserter(refused_), [](const Act& act) { return act.refused; });
    return refused_;
  }

  std::vector<Rule> rules_ = {{Figure::three_in_10min},           {Figure::five_cards_in_5min},
                              {Figure::same_amount_in_hour},      {Figure::three_refused_in_hour},
                              {Figure::five_refused_at_terminal}, {Figure::three_shops_in_hour},
                              {Figure::four_at_shop_in_day}};
  Acts refused_;
};

}  // namespace

void measure_velocity(const Sorted& sorted, Figures& out) {
  Rules rules;
  each_group(sorted.by_card, &Act::card, [&](std::span<const Act> acts) { rules.card(acts); });
  each_group(sorted.by_terminal, &Act::terminal, [&](std::span<const Act> acts) { rules.terminal(acts); });
  rules.finish(sorted.by_card, out);
}

}  // namespace tillwatch::gates
