// T39: money leaves as refunds: to other cards, or after the settlement. Look-alike: returns after a sale, to
// the cards that paid.
#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::refund_abuse {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  // The skilled hide in the trade and the returns of a busy shop.
  const std::int64_t busy = instance.planted && instance.skill >= 2 ? 600 + instance.skill * 200 : 0;
  casting.merchants(1, [&](const world::Merchant& shop) { return shop.size_permille >= busy; });
  if (instance.merchants.empty()) return;
  const std::uint8_t city = world.merchant(instance.merchants[0]).city;
  for (std::int64_t i = 0; i < instance.drawn[3]; ++i)
    instance.cards.push_back(casting.debit_card(casting.person(city)));
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const int slower = stage.planted() && stage.skill() >= 2 ? 1 + stage.skill() : 1;
  const int refunds = stage.count(stage.drawn(0) * stage.instance().strength_permille(stage.day()) / slower);
  for (int i = 0; i < refunds; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    CardNumber paid = stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random());
    // The most skilled pay with an accomplice's card first, and have it paid back after the settlement.
    if (stage.planted() && stage.skill() >= 3) paid = stage.any_card();
    Deed sale{.merchant = shop,
              .time = stage.when(shop),
              .card = paid,
              .amount = stage.ticket(shop, 1'000),
              .entry_mode = stage.entry(shop)};
    sale.illicit = false;
    const traffic::EventId original = stage.deed(sale);
    Deed refund = sale;
    refund.illicit = true;
    refund.type = TxType::refund;
    refund.original = original;
    const Day later = stage.planted() && stage.skill() == 0
                          ? 0
                          : stage.random().between(1, stage.planted() && stage.skill() < 3 ? 3 : 12);
    refund.time = later == 0
                      ? sale.time + stage.random().between(5, 60) * core::minute_ms
                      : sale.time + later * core::day_ms + stage.random().between(-30, 30) * core::minute_ms;
    if (stage.planted()) {
      // The skilled use the card that paid more often, and parts of the amount.
      const std::int64_t other = stage.skill() >= 3 ? 0 : stage.drawn(1) / (1 + 2 * stage.skill());
      if (stage.random().below(1000) < other) refund.card = stage.any_card();
      refund.amount = stage.trade().as_price(merchant, sale.amount * stage.drawn(2) / 1000);
      if (stage.skill() == 0) refund.amount = sale.amount;
    } else if (stage.random().chance(300'000)) {
      refund.amount = sale.amount * stage.random().between(300, 900) / 1000;
    }
    if (refund.amount > sale.amount) refund.amount = sale.amount;
    stage.deed(refund);
  }
}

}  // namespace tillwatch::typology::refund_abuse
