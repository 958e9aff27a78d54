// T40: a shop trades under the code of a cheaper fee class. Look-alike: a mixed shop of that class whose
// tickets differ from its code's.
#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::mcc_arbitrage {
namespace {

bool cheap(const World& world, const world::Merchant& merchant) {
  return world.kind_of(merchant).preferential != 0;
}

// The cheap kind whose code the instance trades under.
std::uint8_t cheap_kind(const World& world, const Instance& instance) {
  const auto& kinds = world.settings().kinds;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const std::size_t at = (instance.number + i) % kinds.size();
    if (kinds[at].preferential != 0) return static_cast<std::uint8_t>(at);
  }
  return traffic::own_code;
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [&](const world::Merchant& shop) { return cheap(world, shop) != instance.planted; });
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (!instance.acts_on(day)) return;
  traffic::Overlay& change = out.make(instance.merchants[0], world.merchants().size());
  if (instance.planted) change.code_kind = cheap_kind(world, instance);
  change.touched_by = instance.number + 1;
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const int swipes = stage.strong(stage.drawn(0));
  for (int i = 0; i < swipes; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    const bool credit = stage.random().chance(static_cast<std::uint32_t>(stage.drawn(2)) * 1000);
    const std::int64_t permille =
        stage.planted() ? 1000 + (stage.drawn(1) - 1000) / (1 + stage.skill()) : stage.drawn(1);
    const auto cover = static_cast<int>(stage.planted() && stage.skill() >= 2 &&
                                        stage.random().below(1000) < stage.drawn(3));
    stage.deed({.merchant = shop,
                .time = stage.when(shop),
                .card = world::card_of(person.number, credit ? 1 : 0),
                .amount = stage.shaped(shop, stage.ticket(shop, permille)),
                .entry_mode = stage.entry(shop)});
    for (int j = 0; j < cover; ++j)
      stage.deed({.merchant = shop,
                  .time = stage.when(shop),
                  .card = world::card_of(stage.world().person_in(merchant.city, stage.random().next()), 0),
                  .amount = stage.ticket(shop, 600),
                  .entry_mode = stage.entry(shop),
                  .illicit = false});
  }
}

}  // namespace tillwatch::typology::mcc_arbitrage
