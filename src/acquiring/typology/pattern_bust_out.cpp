// T37: a young shop grows fast without a refund, draws, and is gone. Look-alike: a good opening that stays.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::bust_out {

void cast(const World& world, Instance& instance) {
  instance.ends = instance.last + 60;  // gone
  Casting casting(world, instance);
  casting.merchants(1, [&](const world::Merchant& shop) { return instance.begins - shop.opened < 120; });
  if (instance.merchants.empty())
    casting.merchants(1, [&](const world::Merchant& shop) { return shop.size_permille < 900; });
  if (instance.merchants.empty()) return;
  const std::uint8_t city = world.merchant(instance.merchants[0]).city;
  for (std::int64_t i = 0; i < instance.drawn[3]; ++i) {
    const PersonNumber person = casting.person(city);
    const bool credit = casting.random().chance(static_cast<std::uint32_t>(instance.drawn[2]) * 1000);
    instance.cards.push_back(credit ? casting.credit_card(person) : casting.debit_card(person));
  }
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (!instance.planted) return;
  traffic::Overlay& change = out.make(instance.merchants[0], world.merchants().size());
  if (day > instance.last)
    change.keeps_permille = 0;
  else
    change.refund_permille = 100;
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const Day length = std::max<Day>(1, stage.instance().last - stage.instance().first);
  const std::int64_t progress = 1000 * (stage.day() - stage.instance().first) / length;
  const std::int64_t usual = stage.world().kind_of(merchant).demand_milli * merchant.size_permille / 1000;
  const std::int64_t growth = std::min<std::int64_t>(stage.drawn(0), 6'000) - 1'000;
  const int swipes =
      std::min(60, stage.count(usual * std::max<std::int64_t>(100, growth) / 1000 * progress / 1000 / 2));
  for (int i = 0; i < swipes; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    const bool credit = stage.random().chance(static_cast<std::uint32_t>(stage.drawn(2)) * 1000);
    // A good opening has regulars too.
    const bool ring = stage.random().chance(stage.planted() && stage.skill() >= 3    ? 400'000
                                            : !stage.planted() || stage.skill() == 2 ? 600'000
                                                                                     : 800'000);
    const CardNumber card =
        ring              ? stage.any_card()
        : stage.planted() ? world::card_of(person.number, credit ? 1 : 0)
                          : stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random());
    const std::int64_t permille =
        stage.planted() ? 1000 + (stage.drawn(1) - 1000) * progress / 1000 / (1 + stage.skill() / 2) : 1'050;
    stage.deed({.merchant = shop,
                .time = stage.planted() ? stage.sitting(shop) : stage.when(shop),
                .card = card,
                .amount = stage.shaped(shop, stage.ticket(shop, permille)),
                .entry_mode = stage.entry(shop)});
  }
}

}  // namespace tillwatch::typology::bust_out
