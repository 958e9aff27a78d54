// T06: one payment is cut into parts to stay under a limit. Look-alike: the meal and then the drink; deposit
// and balance.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::split_sales {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  // A limit is in the way only where it is not far from what is sold; the skilled split at any shop.
  const bool crude = instance.planted && instance.skill == 0;
  casting.merchants(1, [&](const world::Merchant& shop) {
    const world::Kind& kind = world.kind_of(shop);
    return !crude || kind.single_limit <= 20 * kind.ticket_median;
  });
}

namespace {

// Parts below the limit. From skill 1 on nobody asks for what only that shop's limit forbids: what would be
// one remarkable sum comes in parts such as the shop sells every day, and there are more of them. The crude
// swipe one card at one till, minutes after one another, for round sums; the skilled leave longer pauses,
// take another till, then other cards of the buyer's people, and spread the parts over the day and the next
// one.
void split(Stage& stage, MerchantIndex shop, CardNumber card) {
  const world::Merchant& merchant = stage.world().merchant(shop);
  const world::Amount limit = stage.world().kind_of(merchant).single_limit;
  const std::int64_t whole = limit * stage.drawn(3) / 1000;
  const int skill = stage.skill();
  const std::int64_t parts = skill == 0
                                 ? std::max<std::int64_t>(2 + stage.drawn(0), whole * 12 / 10 / limit + 1)
                                 : 1 + stage.drawn(0);
  core::TimeMs at = stage.when(shop);
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t share = whole / parts * stage.random().between(800, 1'050) / 1000;
    CardNumber with = card;
    if (skill >= 2 && part > 0) {
      const PersonNumber other =
          stage.world().person_in(merchant.city, chance::key_of(stage.world().seed(), chance::Lane::person,
                                                                card, 1, static_cast<std::uint64_t>(part)));
      const bool helper = stage.random().chance(skill >= 3 ? 900'000 : 400'000);
      if (helper)
        with = stage.trade().draw_card(stage.world().person(other), stage.world().kind_of(merchant),
                                       stage.random());
    }
    // Round, but below the limit: that is what the parts are for.
    const std::int64_t grain = share >= 100'000 ? 10'000 : 1'000;
    const std::int64_t crude = std::max(grain, share / grain * grain);
    const std::int64_t amount = skill == 0 ? crude : stage.shaped(shop, stage.dared(shop, share));
    stage.deed({.merchant = shop,
                .time = at,
                .card = with,
                .amount = amount,
                .terminal = skill >= 2 ? -1 : 0,
                .entry_mode = stage.entry(shop)});
    if (skill >= 3) {
      const std::int64_t later = stage.random().between(0, 1) * core::day_ms;
      at = stage.when(shop) + later;
    } else {
      const std::int64_t minutes = skill == 0 ? 10 : stage.drawn(1) * (1 + 2 * skill);
      const std::int64_t pause = std::max<std::int64_t>(1, minutes / parts);
      at = stage.later(shop, at, stage.random().between(pause * 20'000, pause * 60'000));
    }
  }
}

}  // namespace

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const int payments = stage.count(stage.drawn(2) * (stage.planted() ? 10 : 17) / 10 *
                                   stage.instance().strength_permille(stage.day()) / 1000);
  for (int i = 0; i < payments; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    const CardNumber card = stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random());
    if (stage.planted()) {
      split(stage, shop, card);
      continue;
    }
    const std::int64_t parts = std::min<std::int64_t>(3, stage.drawn(0));
    core::TimeMs at = stage.when(shop);
    for (std::int64_t part = 0; part < parts; ++part) {
      stage.deed({.merchant = shop,
                  .time = at,
                  .card = card,
                  .amount = stage.ticket(shop, part == 0 ? 1'000 : 450),
                  .terminal = 0,
                  .entry_mode = stage.entry(shop)});
      const std::int64_t pause = std::max<std::int64_t>(1, stage.drawn(1) / parts);
      at = stage.later(shop, at, stage.random().between(pause * 20'000, pause * 60'000));
    }
  }
}

}  // namespace tillwatch::typology::split_sales
