// T38: a shop silent for months trades at many times its usual for some days. Look-alike: a seasonal shop
// that reopens, now and then verified again before.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::dormant_burst {

namespace {

// One seasonal shop has a few regulars who come often, another many who come seldom, and sells less.
std::int64_t width_of(const Instance& instance) {
  return 1 + (instance.planted ? instance.skill : static_cast<std::int64_t>(instance.key % 4));
}

}  // namespace

void cast(const World& world, Instance& instance) {
  // The silence comes first.
  const Day length = instance.last - instance.first;
  instance.first = instance.begins + instance.drawn[0];
  instance.last = instance.first + length + (instance.planted ? 0 : 6);
  instance.ends = instance.last;
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant& shop) { return shop.size_permille < 2'500; });
  if (instance.merchants.empty()) return;
  const std::uint8_t city = world.merchant(instance.merchants[0]).city;
  // The skilled use a card seldom.
  const std::int64_t cards = instance.drawn[3] * width_of(instance);
  for (std::int64_t i = 0; i < cards; ++i) {
    const PersonNumber person = casting.person(city);
    instance.cards.push_back(casting.usual_card(person, world.merchant(instance.merchants[0])));
  }
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (day >= instance.first) return;
  out.make(instance.merchants[0], world.merchants().size()).keeps_permille = 0;
}

namespace {

// Whoever finds the shop open again buys there: one at least, and as many as ever where the silence before
// another burst would keep them away.
void serve(Stage& stage, const world::Merchant& merchant) {
  const world::Kind& kind = stage.world().kind_of(merchant);
  const std::int64_t usual = kind.demand_milli * merchant.size_permille / 1000;
  const bool sells = stage.trade().sells(merchant.number);
  const int customers = sells ? 1 : std::clamp(stage.count(usual), 1, 160);
  for (int i = 0; i < customers; ++i) {
    const PersonNumber number = stage.world().person_in(merchant.city, stage.random().next());
    const CardNumber card = stage.trade().draw_card(stage.world().person(number), kind, stage.random());
    const std::int64_t after_midnight = stage.trade().draw_time(merchant, stage.random());
    stage.deed({.merchant = merchant.number,
                .time = world::instant(stage.day(), after_midnight),
                .card = card,
                .amount = stage.ticket(merchant.number),
                .entry_mode = stage.entry(merchant.number),
                .illicit = false});
  }
}

}  // namespace

void act(Stage& stage) {
  if (stage.day() < stage.instance().first) return;
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const std::int64_t usual = stage.world().kind_of(merchant).demand_milli * merchant.size_permille / 1000;
  if (!stage.planted()) {
    if (stage.day() == stage.instance().first && stage.random().chance(500'000)) {
      const core::TimeMs verified = stage.between(300, 420);
      const core::TimeMs told = stage.between(300, 420);
      stage.registry(told, traffic::Fact::reverified, shop, verified);
    }
    const std::int64_t most = usual * std::min<std::int64_t>(4, stage.drawn(1)) / 2;
    const int swipes = std::min(400, stage.count(most / width_of(stage.instance())));
    for (int i = 0; i < swipes; ++i) {
      const world::Person person =
          stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
      // Most of a season's trade is that of its regulars.
      const CardNumber card =
          stage.random().chance(850'000)
              ? stage.any_card()
              : stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random());
      stage.deed({.merchant = shop,
                  .time = stage.when(shop),
                  .card = card,
                  .amount = stage.ticket(shop, 1'000),
                  .entry_mode = stage.entry(shop)});
    }
    return;
  }
  const std::int64_t factor = std::max<std::int64_t>(2, stage.drawn(1) / (1 + stage.skill()));
  const int swipes = std::clamp(stage.count(usual * factor), 3, stage.skill() == 0 ? 160 : 60);
  for (int i = 0; i < swipes; ++i)
    stage.deed({.merchant = shop,
                .time = stage.sitting(shop),
                .card = stage.any_card(),
                .amount = stage.shaped(shop, stage.ticket(shop, stage.drawn(2))),
                .entry_mode = stage.entry(shop)});
  serve(stage, merchant);
}

}  // namespace tillwatch::typology::dormant_burst
