// What a told world promises about shops that are silent for months before a burst: they are. The seed is in
// the test.
#include <gtest/gtest.h>

#include <vector>

#include "telling/teller.h"

namespace tillwatch::telling {
namespace {

void tell(const World& world, Events& events, std::vector<Instance>& instances) {
  const world::Settings& settings = world.settings();
  Teller teller(world, {settings.first_day, settings.first_day + settings.days - 1, {}});
  std::vector<Events> parts(teller.parts());
  while (teller.begin_turn()) {
    for (std::size_t i = 0; i < parts.size(); ++i) teller.tell_part(i, parts[i]);
    teller.end_turn(parts);
    if (!teller.is_told()) continue;
    events.insert(events.end(), teller.ready().begin(), teller.ready().end());
    for (const Instance& instance : teller.begun()) instances.push_back(instance);
  }
}

// A shop that is to wake is silent before: nobody is sent there, and no fee is kept from a sale it never
// made.
TEST(Telling, ASilenceThatABurstBreaksIsSilence) {
  world::Settings settings;
  settings.seed = 18;
  settings.days = 30;
  settings.mix = world::Mix::realistic;
  settings.population.merchants = 500;
  settings.population.cities = 3;
  settings.population.people_per_merchant = 5;
  settings.money.sim_days = 20;
  for (world::Planting& planting : settings.typologies) planting.rate *= 5;
  settings.typologies[static_cast<std::size_t>(world::TypologyId::dormant_burst)].rate = 1'500;
  const World world(settings);
  Events all;
  std::vector<Instance> instances;
  tell(world, all, instances);
  int silent = 0;
  for (const Instance& instance : instances) {
    if (instance.id != world::TypologyId::dormant_burst || !instance.planted) continue;
    ++silent;
    // The first day's small hours belong to the evening before.
    const core::TimeMs from = world::instant(instance.begins + 1, 0);
    const core::TimeMs to = world::instant(instance.first, 0);
    for (const Event& event : all) {
      if (event.kind != traffic::EventKind::transaction || event.type != traffic::TxType::sale) continue;
      if (event.merchant != instance.merchants[0] || event.time < from || event.time >= to) continue;
      ADD_FAILURE() << typology::name_of(instance.number) << " is broken "
                    << (event.instance == 0 ? "by nobody" : typology::name_of(event.instance - 1));
    }
  }
  EXPECT_GT(silent, 2);
}

}  // namespace
}  // namespace tillwatch::telling
