// T10: scam money is run through debit cards of sold accounts. Look-alike: a dealer in gold or telephones, an
// exhibition with visitors from all over.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::mule_laundering {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
  if (instance.merchants.empty()) return;
  const std::uint8_t city = world.merchant(instance.merchants[0]).city;
  casting.merchants(instance.drawn[0] - 1, [&](const world::Merchant& other) { return other.city == city; });
}

void act(Stage& stage) {
  // The skilled go slowly, with cards of fewer places.
  const std::int64_t slower = stage.planted() && stage.skill() >= 2 ? stage.skill() : 1;
  const int swipes = std::min(500, stage.strong(std::max<std::int64_t>(1, stage.drawn(2) / slower)));
  const auto cities = static_cast<std::uint32_t>(std::min<std::int64_t>(
      stage.world().settings().population.cities, std::max<std::int64_t>(1, stage.drawn(3) / slower)));
  for (int i = 0; i < swipes; ++i) {
    const MerchantIndex shop = stage.any_merchant();
    const auto city = static_cast<std::uint8_t>(stage.random().below(std::max(1u, cities)));
    const PersonNumber person = stage.world().person_in(city, stage.random().next());
    const std::int64_t yuan = stage.drawn(1) * stage.random().between(500, 1'500) / 1000;
    const bool debit = stage.planted() ? stage.random().chance(930'000) : stage.random().chance(650'000);
    stage.deed({.merchant = shop,
                .time = stage.planted() ? stage.sitting(shop) : stage.when(shop),
                .card = world::card_of(person, debit ? 0 : 1),
                .amount = stage.planted() ? stage.shaped(shop, stage.dared(shop, yuan * 100))
                                          : stage.trade().as_price(stage.world().merchant(shop), yuan * 70),
                .entry_mode = stage.entry(shop)});
  }
}

}  // namespace tillwatch::typology::mule_laundering
