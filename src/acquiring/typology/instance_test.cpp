// What the instances of a world promise: they are its own and no other world's, there is something to find in
// them, and what they do does not stand out where their skill says that it does not. Seeds and names are
// printed with a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "typology/pattern.h"

namespace tillwatch::typology {
namespace {

using traffic::Event;
using traffic::EventKind;

world::Settings crowd(std::uint64_t seed, std::int64_t skill) {
  world::Settings settings;
  settings.seed = seed;
  settings.population.merchants = 1'500;
  settings.population.people_per_merchant = 5;
  for (world::Planting& planting : settings.typologies) {
    planting.rate = 6'000;
    planting.look_alikes = 1;
    planting.skill = {skill, skill};
    planting.ramp_days = {0, 0};
  }
  return settings;
}

std::map<std::uint32_t, Instance> instances_of(const World& world) {
  std::map<std::uint32_t, Instance> out;
  for (Instance& instance : begin_in_epoch(world, world.settings().first_day / epoch_days))
    out.emplace(instance.number, std::move(instance));
  return out;
}

// All that the instances do on their first `days` days, by typology.
void each_act(const World& world, Day days, const auto& take) {
  for (const auto& [number, instance] : instances_of(world)) {
    const Pattern& pattern = pattern_of(instance.id);
    for (Day day = instance.first; pattern.act != nullptr && day < instance.first + days; ++day) {
      if (day > instance.last) break;
      const traffic::DayOverlays none;
      const traffic::Trade trade(world, day, none);
      Events out;
      Stage stage(trade, instance, out);
      pattern.act(stage);
      for (const Event& event : out)
        if (event.kind == EventKind::transaction) take(trade, instance, event);
    }
  }
}

// Instances of the same number in worlds of two seeds: what of their days and choices is the same?
struct Shared {
  int pairs = 0, work = 0, misuses = 0, codes = 0;
};
Shared shared_by(const World& one, const World& two) {
  Shared out;
  const auto others = instances_of(two);
  const auto overlay_of = [](const World& world, const Instance& instance, Day after) {
    traffic::DayOverlays overlays;
    pattern_of(instance.id).overlay(world, instance, instance.first + after, overlays);
    return overlays;
  };
  for (const auto& [number, instance] : instances_of(one)) {
    const auto at = others.find(number);
    if (at == others.end() || !instance.planted) continue;
    const Instance& other = at->second;
    ++out.pairs;
    bool same = true;
    for (Day day = 0; day < 60; ++day)
      same = same && instance.works_on(instance.first + day) == other.works_on(other.first + day);
    out.work += same ? 1 : 0;
    if (instance.id != TypologyId::mcc_arbitrage) continue;
    ++out.misuses;
    std::string codes[2];
    for (Day day = 0; day < 60; ++day) {
      for (const auto& overlay : overlay_of(one, instance, day).overlays)
        codes[0] += std::to_string(overlay.code_kind);
      for (const auto& overlay : overlay_of(two, other, day).overlays)
        codes[1] += std::to_string(overlay.code_kind);
    }
    out.codes += codes[0] == codes[1] ? 1 : 0;
  }
  return out;
}

// A code stays for good, and few are cheap: chance gives two worlds the same one now and then, and no more.
TEST(Instances, AWorldSharesNoDaysOfWorkAndNotItsCodesWithAnother) {
  const World one(crowd(1, 2)), two(crowd(2, 2));
  const Shared shared = shared_by(one, two);
  ASSERT_GT(shared.pairs, 50);
  EXPECT_LT(shared.work * 20, shared.pairs);
  ASSERT_GT(shared.misuses, 5);
  EXPECT_LT(shared.codes * 4, shared.misuses * 3);
}

// On how many days after their first the accounts of second settlement change, and to whom: by seed.
TEST(Instances, AWorldSharesNoChangesOfAccountsWithAnother) {
  std::map<std::uint32_t, std::vector<std::string>> changes;
  for (const std::uint64_t seed : {1u, 2u}) {
    world::Settings settings = crowd(seed, 0);
    world::Planting& planting = settings.typologies[static_cast<std::size_t>(TypologyId::second_settlement)];
    planting.drawn[0] = {6, 6};
    planting.drawn[1] = {60, 60};
    planting.length_days = {70, 70};
    const World world(settings);
    for (const auto& [number, instance] : instances_of(world)) {
      if (instance.id != TypologyId::second_settlement || !instance.planted) continue;
      std::string days;
      for (Day day = instance.first; day < instance.last; ++day) {
        traffic::DayOverlays overlays;
        pattern_of(instance.id).overlay(world, instance, day, overlays);
        days += std::to_string(overlays.overlays.size());
      }
      changes[number].push_back(days);
    }
  }
  int pairs = 0;
  for (const auto& [number, each] : changes) {
    if (each.size() != 2) continue;
    ++pairs;
    EXPECT_NE(each[0], each[1]) << name_of(number);
  }
  EXPECT_GT(pairs, 3);
}

// A sitting that begins while the shop is open ends before it shuts.
TEST(Instances, TheSkilledSwipeWhileTheShopIsOpen) {
  for (const std::int64_t skill : {2, 3}) {
    world::Settings settings = crowd(3, skill);
    for (world::Kind& kind : settings.kinds) {
      kind.open = {600, 660};
      kind.first_hump[0] = kind.second_hump[0] = 645;
    }
    const World world(settings);
    int acts = 0;
    each_act(world, 6, [&](const traffic::Trade& trade, const Instance& instance, const Event& event) {
      const TypologyId id = instance.id;
      const bool sits = id == TypologyId::self_swipe || id == TypologyId::card_raising ||
                        id == TypologyId::cash_out_ring || id == TypologyId::dormant_burst ||
                        id == TypologyId::bust_out || id == TypologyId::cap_evasion;
      if (!event.fraud || !sits) return;
      ++acts;
      const auto [opens, shuts] = trade.hours(world.merchant(event.merchant));
      EXPECT_GE(event.time, world::instant(trade.day(), opens)) << name_of(instance.number);
      EXPECT_LT(event.time, world::instant(trade.day(), shuts)) << name_of(instance.number);
    });
    EXPECT_GT(acts, 1'000);
  }
}

// No shop takes at once what it never takes: the limit is the till's, and it holds for the crude too.
TEST(Instances, NobodyTakesMoreAtOnceThanTheShopDoes) {
  for (const std::int64_t skill : {0, 3}) {
    const World world(crowd(4, skill));
    int sums = 0;
    each_act(world, 4, [&](const traffic::Trade&, const Instance& instance, const Event& event) {
      // Goods that another shop sells, scams that ask for a sum, and testers who do not care: these have
      // none.
      if (instance.id == TypologyId::mcc_arbitrage) return;
      const world::Merchant& shop = world.merchant(event.merchant);
      ++sums;
      EXPECT_LT(event.amount, world.kind_of(shop).single_limit) << name_of(instance.number);
    });
    EXPECT_GT(sums, 1'000);
  }
}

// Round sums are the mark of the crude and of their look-alikes; the skilled are as round as their customers.
TEST(Instances, TheSkilledAreAsRoundAsTheShop) {
  world::Settings settings = crowd(5, 2);
  for (world::Kind& kind : settings.kinds) {
    kind.round_permille = 500;
    kind.grain = 1'000;
    kind.below = 100;
  }
  const World world(settings);
  std::map<bool, std::pair<int, int>> round;  // planted: sums, round ones
  each_act(world, 6, [&](const traffic::Trade&, const Instance& instance, const Event& event) {
    if (instance.id != TypologyId::dormant_burst && instance.id != TypologyId::bust_out) return;
    auto& [sums, of_them] = round[instance.planted];
    ++sums;
    of_them += event.amount == traffic::round_sum(event.amount) ? 1 : 0;
  });
  for (const auto& [planted, counts] : round) {
    ASSERT_GT(counts.first, 300);
    EXPECT_GT(counts.second * 100, counts.first * 40) << planted;
  }
}

// Who trades under no other code misuses none.
TEST(Instances, WhereNoCheapCodeIsNearNoneIsMisused) {
  world::Settings settings = crowd(6, 1);
  for (world::Kind& kind : settings.kinds)
    if (kind.preferential != 0) kind.ticket_median = 100;
  int look_alikes = 0;
  const World world(settings);
  for (const auto& [number, instance] : instances_of(world)) {
    if (instance.id != TypologyId::mcc_arbitrage) continue;
    EXPECT_FALSE(instance.planted &&
                 world.kind_of(world.merchant(instance.merchants[0])).ticket_median > 2'000)
        << name_of(number);
    look_alikes += instance.planted ? 0 : 1;
  }
  EXPECT_GT(look_alikes, 3);
}

TEST(Instances, TheCrudeMisuseCheapCodesForDearGoods) {
  const World world(crowd(7, 0));
  int planted = 0;
  for (const auto& [number, instance] : instances_of(world)) {
    if (instance.id != TypologyId::mcc_arbitrage || !instance.planted) continue;
    ++planted;
    EXPECT_GE(world.kind_of(world.merchant(instance.merchants[0])).ticket_median, 60'000);
  }
  EXPECT_GT(planted, 3);
}

// A shop that wakes sells to whoever comes in, on each of its loud days; where the silence before another
// burst keeps its ordinary customers away, to as many as ever.
TEST(Instances, AWakingShopAlsoSells) {
  const World world(crowd(8, 1));
  int days = 0, open = 0, kept_away = 0;
  for (const auto& [number, instance] : instances_of(world)) {
    if (instance.id != TypologyId::dormant_burst || !instance.planted) continue;
    for (Day day = instance.first; day <= instance.last; ++day, ++days)
      for (const bool silenced : {false, true}) {
        traffic::DayOverlays overlays;
        if (silenced) overlays.make(instance.merchants[0], world.merchants().size()).keeps_permille = 0;
        const traffic::Trade trade(world, day, overlays);
        Events out;
        Stage stage(trade, instance, out);
        pattern_of(instance.id).act(stage);
        const auto honest = std::ranges::count_if(out, [&](const Event& event) {
          return event.kind == EventKind::transaction && !event.fraud &&
                 event.merchant == instance.merchants[0];
        });
        EXPECT_GT(honest, 0) << name_of(number);
        (silenced ? kept_away : open) += static_cast<int>(honest);
      }
  }
  ASSERT_GT(days, 5);
  EXPECT_GT(kept_away, open * 3);
}

TEST(Instances, NobodyElseIsSentToAShopThatIsSilentForMonths) {
  const World world(crowd(9, 1));
  std::map<MerchantIndex, std::uint32_t> silent;
  for (const auto& [number, instance] : instances_of(world))
    if (instance.id == TypologyId::dormant_burst) silent.emplace(instance.merchants[0], number);
  EXPECT_GT(silent.size(), 8u);
  for (const auto& [number, instance] : instances_of(world)) {
    // Rates rise for them as for everybody: that breaks no silence.
    if (instance.id == TypologyId::dormant_burst || instance.id == TypologyId::silent_fee_rise) continue;
    for (const MerchantIndex merchant : instance.merchants)
      EXPECT_FALSE(silent.contains(merchant)) << name_of(number) << " breaks " << name_of(silent[merchant]);
  }
}

}  // namespace
}  // namespace tillwatch::typology
