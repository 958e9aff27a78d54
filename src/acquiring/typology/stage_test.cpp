// The stage at the bounds of a world file: whatever a file may ask for, an instance's day has room for it.
// Prints typology and skill with a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "typology/pattern.h"

namespace tillwatch::typology {
namespace {

using traffic::Event;
using traffic::EventKind;

// One typology with all that a file may ask of it, in as few days as possible.
world::Settings crowded(const world::TypologyInfo& info, std::int64_t skill) {
  world::Settings settings;
  settings.seed = 5;
  settings.population.merchants = 1'000;
  settings.population.cities = 1;
  settings.population.agents = 1;
  settings.population.people_per_merchant = 5;
  for (world::Kind& kind : settings.kinds) kind.demand_milli = 2'000'000;
  for (world::Planting& planting : settings.typologies) planting.rate = 0;
  world::Planting& planting = settings.typologies[static_cast<std::size_t>(info.id)];
  planting.rate = 2'000;
  planting.look_alikes = 1;
  planting.skill = {skill, skill};
  planting.ramp_days = {0, 0};
  planting.length_days = {1, 1};
  for (std::size_t i = 0; i < info.drawn.size(); ++i) {
    const world::DrawnInfo& drawn = info.drawn[i];
    const std::int64_t at = drawn.unit == "days" ? drawn.least : drawn.most;
    planting.drawn[i] = {at, at};
  }
  return settings;
}

// The most that an instance does and files on a day; every identifier is its own.
std::size_t most_acts(const world::Settings& settings) {
  const World world(settings);
  std::size_t most = 0;
  std::set<traffic::EventId> seen;
  std::vector<Instance> instances;
  for (Day epoch = settings.first_day / epoch_days; instances.empty(); ++epoch)
    instances = begin_in_epoch(world, epoch);
  for (const Instance& instance : instances) {
    const Pattern& pattern = pattern_of(instance.id);
    for (Day day = instance.begins; pattern.act != nullptr && day <= instance.last; ++day) {
      const traffic::DayOverlays none;
      const traffic::Trade trade(world, day, none);
      Events out;
      Stage stage(trade, instance, out);
      pattern.act(stage);
      std::size_t acts = 0;
      for (const Event& event : out) {
        const bool fresh = seen.insert(event.id).second;
        // A transaction may stand twice: the line failed after the answer.
        EXPECT_TRUE(fresh || event.kind != EventKind::registry);
        const bool counts = event.kind == EventKind::transaction || event.kind == EventKind::registry;
        acts += fresh && counts ? 1 : 0;
      }
      most = std::max(most, acts);
    }
  }
  return most;
}

TEST(Stage, ADayHasRoomForAllThatAWorldFileMayAskFor) {
  std::set<TypologyId> full;
  for (const world::TypologyInfo& info : world::typologies())
    for (const std::int64_t skill : {0, 1, 3}) {
      SCOPED_TRACE(std::string(info.name) + ", skill " + std::to_string(skill));
      const std::size_t most = most_acts(crowded(info, skill));
      EXPECT_LE(most, Stage::deeds_max);
      if (most == Stage::deeds_max) full.insert(info.id);
    }
  // Those that would do more: else this asks for too little.
  EXPECT_EQ(full, (std::set{TypologyId::activation_fraud, TypologyId::skimming}));
}

}  // namespace
}  // namespace tillwatch::typology
