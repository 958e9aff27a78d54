// Every entry that a told world writes is one that the product's own door takes as it stands: nothing
// refused, masked or dropped. And a line that is no such entry is refused, so that this says something.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "door/card_keys.h"
#include "door/event_reader.h"
#include "sim/sim_random.h"
#include "telling/teller.h"
#include "telling/writer.h"
#include "told_world.h"

namespace tillwatch::gates {
namespace {

TEST(SimAcceptance, TheDoorTakesEveryEntryAsItStands) {
  for (const Mix mix : {Mix::realistic, Mix::training}) {
    Settings settings = gate_settings(mix, 101);
    settings.days = 20;
    settings.population.merchants = 90;
    const world::World world(settings);
    const telling::Writer writer(world);
    telling::Teller teller(world, {settings.first_day, settings.first_day + settings.days - 1, {}});
    sim::SimRandom random(7);
    door::Door door(std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, 0)));
    door::EventReader reader(door);
    std::vector<traffic::Events> parts(teller.parts());
    std::map<payment::EntryKind, int> kinds;
    std::string line;
    while (teller.begin_day()) {
      for (std::size_t i = 0; i < parts.size(); ++i) teller.tell_part(i, parts[i]);
      teller.end_day(parts);
      for (const Event& event : teller.ready()) {
        line.clear();
        writer.event(event, line);
        payment::EntryBuilder entry;
        const auto faults = reader.read(line, {door::Expectation::Kinds::any, true, "simulator"}, entry);
        ASSERT_TRUE(faults.empty()) << faults[0].pointer << ": " << faults[0].detail << "\n" << line;
        ASSERT_FALSE(reader.held_card_number()) << line;
        ++kinds[entry.header.kind];
      }
    }
    EXPECT_EQ(door.counters().masked, 0u);
    EXPECT_EQ(door.counters().dropped, 0u);
    EXPECT_EQ(door.counters().refused, 0u);
    EXPECT_EQ(kinds.size(), 4u);  // registry commands, transactions, outcomes, labels
    EXPECT_GT(kinds[payment::EntryKind::transaction], 10'000);
    // The truth is no entry.
    for (const Instance& instance :
         typology::begin_in_epoch(world, settings.first_day / typology::epoch_days)) {
      line.clear();
      writer.truth(instance, line);
      payment::EntryBuilder entry;
      EXPECT_FALSE(reader.read(line, {door::Expectation::Kinds::any, true, "simulator"}, entry).empty());
    }
  }
}

}  // namespace
}  // namespace tillwatch::gates
