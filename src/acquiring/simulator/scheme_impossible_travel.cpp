// T19, impossible travel: a card pays in one city and, sooner than any aeroplane, in another.
// Look-alike: a terminal whose place is guessed from cell towers, or lost altogether, between two purchases
// of one card. Listed in scheme_table.cpp.
#include <cstdlib>

#include "simulator/scheme_table.h"

namespace tillwatch::simulator::impossible_travel {
namespace {

// More than 1,000 km apart: over ten degrees, longitudes shortened by a fifth.
bool far_apart(const City& a, const City& b) {
  const std::int64_t north = (a.latitude_e6 - b.latitude_e6) / 1000;
  const std::int64_t east = (a.longitude_e6 - b.longitude_e6) / 1000 * 4 / 5;
  return north * north + east * east > 10'500ll * 10'500ll;
}

constexpr KindId shops[] = {KindId::clothing, KindId::electronics, KindId::supermarket};

}  // namespace

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  std::vector<Merchant> cast;
  if (instance.role == Role::look_alike) {
    instance.first_day = quick_onset(world, random, 2);
    instance.last_day = world.last_day();
    cast.push_back(world.make_merchant(cast_number(instance), KindId::restaurant, std::nullopt));
    return cast;
  }
  instance.first_day = instance.last_day = quick_onset(world, random, 1);
  const auto count = static_cast<std::uint32_t>(cities().size());
  const std::uint32_t here = random.below(count);
  std::uint32_t there = random.below(count);
  while (!far_apart(cities()[here], cities()[there])) there = (there + 1) % count;
  cast.push_back(
      world.make_merchant(cast_number(instance, 0), shops[random.below(3)], static_cast<int>(here)));
  cast.push_back(
      world.make_merchant(cast_number(instance, 1), shops[random.below(3)], static_cast<int>(there)));
  instance.people[0] = world.neighbour(cast[0], random);
  return cast;
}

namespace {

void two_places(Stage& stage, const Instance& instance) {
  Stream& random = stage.random();
  const CardNumber card = card_of(instance.people[0], true);
  const core::TimeMs time = stage.moment(680, 1'140);
  stage.sale({.time = time, .card = card, .amount = stage.ticket(0), .merchant = 0});
  core::TimeMs later = time + random.between(14 * core::minute_ms, 55 * core::minute_ms);
  const std::int64_t times = random.between(1, 3);
  for (std::int64_t i = 0; i < times; ++i) {
    const std::int64_t ticket = stage.ticket(1);
    const std::int64_t factor = random.between(2, 4);
    stage.sale({.time = later,
                .card = card,
                .amount = ticket * factor,
                .merchant = 1,
                .entry_mode = EntryMode::stripe,
                .cvm = Cvm::signature});
    later += random.between(2 * core::minute_ms, 12 * core::minute_ms);
  }
}

void lost_fix(Stage& stage) {
  Stream& random = stage.random();
  const Merchant& merchant = stage.merchant();
  const std::int64_t guests = random.between(4, 8);
  for (std::int64_t guest = 0; guest < guests; ++guest) {
    const CardNumber card = stage.stranger(random.chance(500'000));
    const core::TimeMs time = stage.moment(700, 1'250);
    stage.sale({.time = time, .card = card, .amount = stage.ticket()});
    Act again{
        .time = time + random.between(40'000, 900'000), .card = card, .amount = stage.ticket() / 3 + 100};
    if (random.chance(300'000)) {
      stage.sale_at(again, 0, 0, FixSource::gps);  // the receiver had no fix and said so in its own way
    } else {
      const auto jump = [&] {
        const auto size = static_cast<std::int32_t>(random.between(120'000, 450'000));
        return random.chance(500'000) ? size : -size;
      };
      const std::int32_t north = jump();
      const std::int32_t east = jump();
      stage.sale_at(again, merchant.latitude_e6 + north, merchant.longitude_e6 + east, FixSource::cell);
    }
  }
}

}  // namespace

void act(const World& world, const Instance& instance, Day day, Events& out) {
  Stage stage(world, instance, day, out);
  if (instance.role == Role::planted) {
    two_places(stage, instance);
  } else {
    lost_fix(stage);
  }
}

}  // namespace tillwatch::simulator::impossible_travel
