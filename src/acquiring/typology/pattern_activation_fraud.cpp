// T49: terminals are swiped to the bonus threshold and never again. Look-alike: a promotion week, then weak
// sales.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::activation_fraud {

void cast(const World& world, Instance& instance) {
  instance.ends = instance.last + 45;  // the silence afterwards
  Casting casting(world, instance);
  // New shops earn the bonus; where there are none, terminals are bound anew.
  if (instance.planted)
    casting.merchants(1, [&](const world::Merchant& shop) { return instance.begins - shop.opened < 30; });
  if (instance.merchants.empty()) casting.merchants(1, [](const world::Merchant&) { return true; });
  if (instance.merchants.empty()) return;
  const world::Merchant head = world.merchant(instance.merchants[0]);
  instance.agent = head.agent;
  casting.merchants(instance.drawn[0] - 1,
                    [&](const world::Merchant& other) { return other.agent == head.agent; });
  for (std::int64_t i = 0; i < instance.drawn[3]; ++i)
    instance.cards.push_back(casting.usual_card(casting.person(head.city), head));
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  for (const MerchantIndex shop : instance.merchants) {
    traffic::Overlay& change = out.make(shop, world.merchants().size());
    const bool after = day > instance.last;
    // What is sold for real: the crude sell next to nothing.
    const int sells = instance.skill == 0 ? 20 : 150 * instance.skill;
    change.keeps_permille = instance.planted ? (after ? 20 : sells) : (after ? 250 : 600);
  }
}

void act(Stage& stage) {
  if (stage.day() == stage.instance().first)
    for (const MerchantIndex shop : stage.instance().merchants)
      stage.registry(stage.between(480, 560), traffic::Fact::terminal_bound, shop, 0);
  const Day length = stage.instance().last - stage.instance().first + 1;
  const std::int64_t target = stage.world().settings().money.activation_turnover * stage.drawn(2) / 1000;
  for (const MerchantIndex shop : stage.instance().merchants) {
    const world::Merchant& merchant = stage.world().merchant(shop);
    // Whoever keeps to the shop's sums needs more of them; the patience for it has an end.
    const std::int64_t usual = std::max<std::int64_t>(
        1, stage.world().kind_of(merchant).ticket_median * merchant.ticket_permille / 1000);
    const std::int64_t in_all = stage.planted() && stage.skill() >= 1
                                    ? std::clamp(target / (2 * usual), stage.drawn(1), 3 * stage.drawn(1))
                                    : stage.drawn(1);
    if (!stage.instance().works_on(stage.day())) continue;
    const int swipes = stage.count(in_all * (stage.planted() && stage.skill() >= 1 ? 2'000 : 1'000) / length);
    for (int i = 0; i < swipes; ++i) {
      Deed deed{
          .merchant = shop, .time = stage.sitting(shop), .terminal = 0, .entry_mode = stage.entry(shop)};
      if (stage.planted()) {
        const std::int64_t each = target / stage.drawn(1) * stage.random().between(600, 1400) / 1000;
        deed.card =
            stage.skill() >= 3
                ? stage.trade().draw_card(
                      stage.world().person(stage.world().person_in(merchant.city, stage.random().next())),
                      stage.world().kind_of(merchant), stage.random())
                : stage.any_card();
        deed.amount = stage.shaped(shop, stage.dared(shop, each));
      } else {
        const world::Person person =
            stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
        deed.card = stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random());
        deed.amount = stage.ticket(shop, 1'000);
      }
      stage.deed(deed);
    }
  }
}

}  // namespace tillwatch::typology::activation_fraud
