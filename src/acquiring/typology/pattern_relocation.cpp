// T23: a terminal is carried away and used far from its registered place. Look-alike: a fair or a food truck
// with its own terminal, now and then registered, that comes home again.
#include <algorithm>

#include "chance/distribution.h"
#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::relocation {
namespace {

// Where the terminal is on the day: planted, at the new place for good; at fairs, here and there.
traffic::Point place_on(const World& world, const Instance& instance, Day day) {
  const world::Merchant& shop = world.merchant(instance.merchants[0]);
  const std::int64_t spell = instance.planted ? 0 : (day - instance.first) / 4 + 1;
  chance::Stream random(world.seed(), chance::Lane::cast, instance.number, spell, 5);
  // Fairs are within the region; those who hide go to another city or around the corner.
  // The more skilled, the nearer: the next district looks like a fix that jumped.
  const std::int64_t far = !instance.planted || instance.skill == 0 ? instance.drawn[0] * 1000
                           : instance.skill == 3                    ? 1'000 + instance.drawn[0] * 8
                                                 : 2'000 + instance.drawn[0] * 250 / instance.skill;
  const std::int64_t metres =
      instance.planted ? far : std::min<std::int64_t>(far, random.between(6'000, 90'000));
  const std::int64_t north = random.between(-metres, metres);
  const std::int64_t east = world::whole_root(std::max<std::int64_t>(0, metres * metres - north * north));
  return world::moved(shop.place, north, random.chance(500'000) ? east : -east);
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (!instance.acts_on(day)) return;
  traffic::Overlay& change = out.make(instance.merchants[0], world.merchants().size());
  // The shop's other terminal, or what is left of its trade, goes on at home.
  const std::int64_t keeps = world.merchant(instance.merchants[0]).terminals > 1
                                 ? 700
                                 : std::max<std::int64_t>(100, instance.drawn[2]);
  change.keeps_permille =
      static_cast<std::int32_t>(instance.planted ? keeps : std::max<std::int64_t>(keeps, 400));
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const traffic::Point place = place_on(stage.world(), stage.instance(), stage.day());
  const bool fair_day = stage.planted() || (stage.day() - stage.instance().first) % 4 < 3;
  if (!fair_day) return;
  if (!stage.planted() && (stage.day() - stage.instance().first) % 4 == 0 && stage.random().chance(300'000))
    stage.registry(stage.between(300, 420), traffic::Fact::relocation_filed, shop, 0, 0, place);
  // A fair is busier than a shop that hides.
  const int swipes = stage.strong(stage.drawn(1) * (stage.planted() ? 10 : 14) / 10);
  for (int i = 0; i < swipes; ++i) {
    // Whoever is at that place: planted and far away, people of another city.
    const auto bits = stage.random().next();
    const PersonNumber person = stage.world().person_in(merchant.city, bits);
    const world::Person holder = stage.world().person(person);
    // A programme that shows the old place is switched on for some of the swipes, or for most of them.
    const std::int64_t hides = stage.skill() >= 3 ? 960 - stage.drawn(3) / 3 : stage.drawn(3);
    const bool lost = stage.planted() && stage.skill() >= 2 &&
                      stage.random().chance(static_cast<std::uint32_t>(hides) * 1000);
    const std::int64_t amount = stage.planted() && stage.skill() == 0
                                    ? stage.shaped(shop, stage.ticket(shop, 1'200))
                                    : stage.ticket(shop, 1'000);
    stage.deed({.merchant = shop,
                .time = stage.when(shop),
                .card = stage.trade().draw_card(holder, stage.world().kind_of(merchant), stage.random()),
                .amount = amount,
                .terminal = merchant.terminals - 1,
                .entry_mode = stage.entry(shop),
                .place = lost ? merchant.place : place});
  }
}

}  // namespace tillwatch::typology::relocation
