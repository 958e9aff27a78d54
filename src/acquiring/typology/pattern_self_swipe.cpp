// T01: the owner takes cash from own and family cards at the own terminal. Look-alike: owner and family pay
// there for real.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::self_swipe {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
  if (instance.merchants.empty()) return;
  const world::Merchant& shop = world.merchant(instance.merchants[0]);
  // The skilled borrow the cards of more people, to use each seldom.
  const std::int64_t cards =
      instance.planted && instance.skill >= 2 ? instance.drawn[0] * instance.skill : instance.drawn[0];
  for (std::int64_t i = 0; i < cards; ++i) {
    // The first is the owner's, the others those of family: neighbours by number, of the same city.
    const PersonNumber person =
        i == 0 ? shop.owner
               : world.person_in(shop.city, chance::key_of(world.seed(), chance::Lane::person, shop.owner, 0,
                                                           static_cast<std::uint64_t>(i)));
    instance.cards.push_back(casting.credit_card(person));
  }
}

// Whole cycles: the card is repaid and drained within hours or days. The skilled take less of each card, in
// few swipes that are such as the shop sells, spread over the month and the hours, and never more than three
// a day.
void drain(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const int skill = stage.skill();
  const auto swipes =
      static_cast<int>(skill >= 2 ? std::max<std::int64_t>(1, stage.drawn(2) / (2 * skill)) : stage.drawn(2));
  const std::int64_t window = skill >= 2 ? 12 * skill - 9 : 1 + stage.drawn(3) / 24;
  const std::int64_t share = skill >= 2 ? stage.drawn(1) / skill : stage.drawn(1);
  int today = 0;
  for (const CardNumber card : stage.instance().cards) {
    const world::Person person = stage.world().person(static_cast<PersonNumber>(card / 4));
    const world::Amount sum = world::limit_of(stage.world().settings(), card) * share / 100;
    for (const Day month_of : {stage.day(), stage.day() - 28}) {
      for (const PlannedSwipe& swipe : plan_cycle(stage.world().seed(), stage.instance().number, card,
                                                  person.bill_day, month_of, swipes, window)) {
        if (swipe.day != stage.day()) continue;
        if (month_of != stage.day() &&
            core::civil_from_days(month_of).month == core::civil_from_days(stage.day()).month)
          continue;
        if (skill >= 2 && ++today > 3) return;
        std::int64_t amount =
            sum * swipe.share_permille / 1000 * stage.instance().strength_permille(stage.day()) / 1000;
        amount = stage.dared(shop, amount);
        if (skill == 0 && amount < 100'00) continue;
        stage.deed({.merchant = shop,
                    .time = stage.sitting(shop),
                    .card = card,
                    .amount = stage.shaped(shop, amount),
                    .entry_mode = stage.entry(shop)});
      }
    }
  }
}

void act(Stage& stage) {
  if (stage.planted()) return drain(stage);
  const MerchantIndex shop = stage.instance().merchants[0];
  const auto cards = static_cast<std::int64_t>(stage.instance().cards.size());
  const int purchases = stage.count(cards * stage.drawn(2) * 1000 / 28);
  for (int i = 0; i < purchases; ++i) {
    CardNumber card = stage.any_card();
    if (stage.random().chance(400'000)) card &= ~CardNumber{3};
    const std::int64_t large = stage.random().chance(120'000) ? 4'000 : 1'100;
    stage.deed({.merchant = shop,
                .time = stage.when(shop),
                .card = card,
                .amount = stage.dear(150'000, shop, card, stage.ticket(shop, large)),
                .entry_mode = stage.entry(shop)});
  }
}

}  // namespace tillwatch::typology::self_swipe
