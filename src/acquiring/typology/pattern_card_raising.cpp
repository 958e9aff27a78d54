// T03: a service cycles strangers' cards through rotating shops at every bill day. Look-alike: buyers of
// firms who come back month after month.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::card_raising {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
  if (instance.merchants.empty()) return;
  const std::uint8_t city = world.merchant(instance.merchants[0]).city;
  // The crude go to the one or two shops that they know.
  const std::int64_t shops = instance.planted && instance.skill == 0 ? 2 : instance.drawn[1];
  casting.merchants(shops - 1, [&](const world::Merchant& other) { return other.city == city; });
  for (std::int64_t i = 0; i < instance.drawn[0]; ++i)
    instance.cards.push_back(casting.credit_card(casting.person(city)));
}

void act(Stage& stage) {
  const auto& shops = stage.instance().merchants;
  // The skilled drain a part only, over most of the month.
  const std::int64_t window =
      stage.planted() ? stage.drawn(3) + (stage.skill() >= 2 ? 6 * stage.skill() : 0) : 27;
  const auto swipes = static_cast<int>(
      stage.planted() && stage.skill() >= 3 ? std::max<std::int64_t>(1, stage.drawn(2) / 2) : stage.drawn(2));
  for (const CardNumber card : stage.instance().cards) {
    const world::Person person = stage.world().person(static_cast<PersonNumber>(card / 4));
    const world::Amount limit = world::limit_of(stage.world().settings(), card);
    // The window may reach into the next month.
    for (const Day month_of : {stage.day(), stage.day() - 28}) {
      if (month_of != stage.day() &&
          core::civil_from_days(month_of).month == core::civil_from_days(stage.day()).month)
        continue;
      for (const PlannedSwipe& swipe : plan_cycle(stage.world().seed(), stage.instance().number, card,
                                                  person.bill_day, month_of, swipes, window)) {
        if (swipe.day != stage.day()) continue;
        const MerchantIndex shop = shops[static_cast<std::size_t>(swipe.at_permille) % shops.size()];
        const std::int64_t share = stage.skill() >= 3 ? 300 : stage.skill() == 0 ? 950 : 800;
        const std::int64_t whole = limit * share / 1000 * swipe.share_permille / 1000;
        const std::int64_t amount = !stage.planted()
                                        ? stage.dear(50'000, shop, card, stage.ticket(shop, 2'000))
                                        : stage.shaped(shop, stage.dared(shop, whole));
        stage.deed({.merchant = shop,
                    .time = stage.planted() ? stage.sitting(shop) : stage.when(shop),
                    .card = card,
                    .amount = amount,
                    .entry_mode = stage.entry(shop)});
      }
    }
  }
}

}  // namespace tillwatch::typology::card_raising
