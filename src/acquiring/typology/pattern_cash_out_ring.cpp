// T08: the same cards run through several shops of one agent. Look-alike: a wholesale market whose regulars
// buy at the same stalls.
#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::cash_out_ring {
namespace {

// Whether card i is used at shop j at all.
bool paired(const Stage& stage, std::size_t card, std::size_t shop) {
  const std::uint64_t bits = chance::key_of(stage.world().seed(), chance::Lane::cast, stage.instance().number,
                                            static_cast<std::int64_t>(card), shop + 1);
  return static_cast<std::int64_t>(bits % 1000) < stage.drawn(2);
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  // The skilled choose busy shops, in whose trade their cards drown.
  const std::int64_t busy = instance.planted && instance.skill >= 2 ? 600 + instance.skill * 100 : 0;
  casting.merchants(1, [&](const world::Merchant& shop) { return shop.size_permille >= busy; });
  if (instance.merchants.empty()) return;
  const world::Merchant head = world.merchant(instance.merchants[0]);
  instance.agent = head.agent;
  casting.merchants(instance.drawn[1] - 1, [&](const world::Merchant& other) {
    if (instance.planted && (other.agent != head.agent || other.size_permille < busy)) return false;
    return other.city == head.city;
  });
  // And use more cards, each of them seldom; the crude have a handful.
  const std::int64_t cards = !instance.planted     ? instance.drawn[0]
                             : instance.skill == 0 ? std::max<std::int64_t>(5, instance.drawn[0] / 3)
                                                   : instance.drawn[0] * instance.skill;
  for (std::int64_t i = 0; i < cards; ++i) {
    const PersonNumber person = casting.person(head.city);
    const bool debit = !instance.planted && casting.random().chance(500'000);
    instance.cards.push_back(debit ? casting.debit_card(person) : casting.credit_card(person));
  }
}

void act(Stage& stage) {
  const auto& cards = stage.instance().cards;
  const auto& shops = stage.instance().merchants;
  if (!stage.instance().works_on(stage.day())) return;
  const int swipes = stage.strong(stage.drawn(3));
  // A sitting of the ring is at one shop; tomorrow's is at another.
  const auto today = static_cast<std::size_t>(stage.random().below(static_cast<std::uint32_t>(shops.size())));
  for (int i = 0; i < swipes; ++i) {
    // A card and a shop that belong together, found by trial.
    for (int tries = 0; tries < 30; ++tries) {
      const std::size_t card = stage.random().below(static_cast<std::uint32_t>(cards.size()));
      const std::size_t other = stage.random().below(static_cast<std::uint32_t>(shops.size()));
      const std::size_t shop = stage.planted() && stage.random().chance(700'000) ? today : other;
      if (!paired(stage, card, shop)) continue;
      const MerchantIndex at = shops[shop];
      const world::Amount limit = world::limit_of(stage.world().settings(), cards[card]);
      const std::int64_t part = limit * stage.random().between(40, 250) / 1000;
      const std::int64_t amount = stage.planted()
                                      ? stage.shaped(at, stage.dared(at, part))
                                      : stage.dear(60'000, at, cards[card], stage.ticket(at, 2'500));
      stage.deed({.merchant = at,
                  .time = stage.planted() ? stage.sitting(at) : stage.when(at),
                  .card = cards[card],
                  .amount = amount,
                  .entry_mode = stage.entry(at)});
      break;
    }
  }
}

}  // namespace tillwatch::typology::cash_out_ring
