// T24: a copy of a terminal trades under its serial from another place. Look-alike: a terminal whose clock
// drifts and that hands over batches stored offline, its counters out of order.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::terminal_clone {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (instance.planted || !instance.acts_on(day)) return;
  traffic::Overlay& change = out.make(instance.merchants[0], world.merchants().size());
  change.offline_permille = 300;
  change.clock_drift_ms = static_cast<std::int64_t>(instance.number % 21) * 30'000 - 300'000;
  change.touched_by = instance.number + 1;
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  if (!stage.planted()) {
    // A second place by an honest fault: the fix jumps to another mast for some sales.
    const int jumps = stage.strong(stage.drawn(1));
    const auto mast = [&] {
      const std::int64_t east = stage.random().between(-9'000, 9'000);
      const std::int64_t north = stage.random().between(-9'000, 9'000);
      return world::moved(merchant.place, north, east);
    };
    for (int i = 0; i < jumps; ++i) {
      const world::Person person =
          stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
      stage.deed({.merchant = shop,
                  .time = stage.when(shop),
                  .card = stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random()),
                  .amount = stage.ticket(shop),
                  .terminal = 0,
                  .entry_mode = stage.entry(shop),
                  .place = mast()});
    }
    return;
  }
  chance::Stream where(stage.world().seed(), chance::Lane::cast, stage.instance().number, 1, 6);
  // The skilled copy what stands in the same town.
  const std::int64_t metres = stage.skill() >= 3   ? 1'000 + stage.drawn(0) * 20
                              : stage.skill() == 2 ? std::min<std::int64_t>(60'000, stage.drawn(0) * 1000)
                                                   : stage.drawn(0) * 1000;
  const std::int64_t north = where.between(-metres, metres);
  const std::int64_t east = world::whole_root(std::max<std::int64_t>(0, metres * metres - north * north));
  const traffic::Point place = world::moved(merchant.place, north, east);
  const int swipes = stage.strong(stage.drawn(1));
  for (int i = 0; i < swipes; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    stage.deed({.merchant = shop,
                .time = stage.when(shop),
                .card = stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random()),
                .amount = stage.shaped(shop, stage.ticket(shop, stage.drawn(3))),
                .terminal = 0,
                .entry_mode = stage.entry(shop),
                .place = place,
                .counter_lag = stage.skill() >= 2 ? 0 : stage.drawn(2)});
  }
}

}  // namespace tillwatch::typology::terminal_clone
