// T06: one payment is cut into parts to stay under a limit. Look-alike: the meal and then the drink; deposit
// and balance.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::split_sales {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const int payments = stage.count(stage.drawn(2) * (stage.planted() ? 10 : 17) / 10 *
                                   stage.instance().strength_permille(stage.day()) / 1000);
  for (int i = 0; i < payments; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    const CardNumber card = stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random());
    const std::int64_t parts = stage.planted() ? stage.drawn(0) : std::min<std::int64_t>(3, stage.drawn(0));
    const std::int64_t whole = stage.world().kind_of(merchant).single_limit * stage.drawn(3) / 1000;
    core::TimeMs at = stage.when(shop);
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t share = whole / parts * stage.random().between(800, 1'050) / 1000;
      const std::int64_t amount =
          stage.planted() ? stage.shaped(shop, share) : stage.ticket(shop, part == 0 ? 1'000 : 450);
      stage.deed({.merchant = shop,
                  .time = at,
                  .card = card,
                  .amount = amount,
                  .terminal = 0,
                  .entry_mode = stage.entry(shop)});
      const std::int64_t pause =
          std::max<std::int64_t>(1, stage.drawn(1) * (stage.planted() ? 1 + stage.skill() : 1) / parts);
      at += stage.random().between(pause * 20'000, pause * 60'000);
    }
  }
}

}  // namespace tillwatch::typology::split_sales
