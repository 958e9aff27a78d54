// T48: one person spreads credit card receipts over several micro codes. Look-alike: a person with several
// stalls that all trade for themselves.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::cap_evasion {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1,
                    [&](const world::Merchant& shop) { return world.kind_of(shop).ticket_median < 40'000; });
  if (instance.merchants.empty()) return;
  const world::Merchant head = world.merchant(instance.merchants[0]);
  casting.merchants(instance.drawn[0] - 1, [&](const world::Merchant& other) {
    return other.city == head.city && world.kind_of(other).ticket_median < 40'000;
  });
  if (instance.merchants.size() < 2) {
    instance.merchants.clear();
    return;
  }
  for (std::int64_t i = 0; i < instance.drawn[3]; ++i)
    instance.cards.push_back(casting.credit_card(casting.person(head.city)));
}

void act(Stage& stage) {
  const auto& codes = stage.instance().merchants;
  const PersonNumber owner = stage.world().merchant(codes[0]).owner;
  if (stage.day() == stage.instance().first)
    for (const MerchantIndex code : codes)
      stage.registry(stage.between(480, 560), traffic::Fact::person_known, code, owner);
  const std::int64_t daily = stage.drawn(1) * 100 * stage.instance().strength_permille(stage.day()) / 1000;
  for (const MerchantIndex code : codes) {
    const world::Merchant& merchant = stage.world().merchant(code);
    const int swipes = stage.count(stage.drawn(2) * 1000);
    for (int i = 0; i < swipes; ++i) {
      Deed deed{.merchant = code, .time = stage.when(code), .entry_mode = stage.entry(code)};
      if (stage.planted()) {
        deed.card = stage.any_card();
        const std::int64_t part =
            daily / std::max<std::int64_t>(1, swipes) * stage.random().between(850, 1'000) / 1000;
        deed.amount = stage.skill() >= 2 ? stage.trade().as_price(merchant, part) : stage.shaped(code, part);
      } else {
        const world::Person person =
            stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
        deed.card = stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random());
        deed.amount = stage.ticket(code);
      }
      stage.deed(deed);
    }
  }
}

}  // namespace tillwatch::typology::cap_evasion
