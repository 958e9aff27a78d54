// Card testing (T12) beside fee days: refusals, speed and new cards prove nothing by themselves, what the
// cards did before does. Prints figures with a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "typology/pattern.h"

namespace tillwatch::typology {
namespace {

using traffic::Event;
using traffic::EventKind;

world::Settings many(std::int64_t skill) {
  world::Settings settings;
  settings.seed = 12;
  settings.population.merchants = 400;
  settings.population.people_per_merchant = 10;
  for (world::Planting& planting : settings.typologies) planting.rate = 0;
  world::Planting& planting = settings.typologies[static_cast<std::size_t>(TypologyId::card_testing)];
  planting.rate = 20'000;
  planting.look_alikes = 2;
  planting.skill = {skill, skill};
  return settings;
}

struct Seen {
  double instances = 0, tries = 0, refused = 0;
  double fast = 0;   // instances with ten refusals within five minutes at the shop
  double fresh = 0;  // of the tries: by a card that no transaction of the instance came from before
};
std::map<bool, Seen> seen_at(std::int64_t skill) {
  const World world(many(skill));
  std::map<bool, Seen> out;  // planted
  for (const Instance& instance : begin_in_epoch(world, world.settings().first_day / epoch_days)) {
    Events all;
    for (Day day = instance.first; day <= instance.last; ++day) {
      const traffic::DayOverlays none;
      const traffic::Trade trade(world, day, none);
      Stage stage(trade, instance, all);
      pattern_of(instance.id).act(stage);
    }
    std::set<traffic::EventId> ids;
    std::erase_if(all, [&](const Event& event) {
      return event.kind != EventKind::transaction || !ids.insert(event.id).second;
    });
    std::ranges::sort(all, {}, &Event::time);
    Seen& seen = out[instance.planted];
    std::set<traffic::CardNumber> cards;
    std::vector<core::TimeMs> refusals;
    bool fast = false;
    for (const Event& event : all) {
      const bool fresh = cards.insert(event.card).second;
      if (event.merchant != instance.merchants[0]) continue;
      seen.tries += 1;
      seen.fresh += fresh && event.card >= world::strange_cards ? 1 : 0;
      if (event.response == traffic::Response::approved) continue;
      seen.refused += 1;
      refusals.push_back(event.time);
      if (refusals.size() > 10 && event.time - refusals[refusals.size() - 11] < 5 * core::minute_ms)
        fast = true;
    }
    seen.instances += 1;
    seen.fast += fast ? 1 : 0;
  }
  return out;
}

TEST(CardTesting, FeeDaysAreRefusedAsOftenAsTheSkilledAndAsFast) {
  auto seen = seen_at(2);
  const Seen &tester = seen[true], &fees = seen[false];
  ASSERT_GT(tester.instances, 3);
  EXPECT_GT(fees.refused / fees.tries, tester.refused / tester.tries);
  EXPECT_GT(fees.fast / fees.instances, 0.2);
  EXPECT_GE(fees.fast / fees.instances, tester.fast / tester.instances);
}

TEST(CardTesting, TheMoreSkilledTryLessOftenAndFromCleanerLists) {
  Seen before;
  for (const std::int64_t skill : {0, 1, 2, 3}) {
    const Seen tester = seen_at(skill)[true];
    if (skill > 0) {
      EXPECT_LT(tester.tries, before.tries) << skill;
      EXPECT_LT(tester.refused / tester.tries, before.refused / before.tries - 0.04) << skill;
    }
    before = tester;
  }
  EXPECT_GT(before.refused / before.tries, 0.1);
}

// Every number that is tried is new; of the queue's new cards few are new when they get there.
TEST(CardTesting, TheCardsOfAQueueHaveAHistory) {
  auto seen = seen_at(1);
  EXPECT_EQ(seen[true].fresh, seen[true].tries);
  EXPECT_GT(seen[false].fresh / seen[false].tries, 0.03);
  EXPECT_LT(seen[false].fresh / seen[false].tries, 0.2);
}

}  // namespace
}  // namespace tillwatch::typology
