// T21: cards read at one terminal are used elsewhere, days later. Look-alike: a popular shop that people
// visit who then travel and buy elsewhere.
#include <algorithm>
#include <array>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::skimming {
namespace {

// A person who returns to the shop, found among the city's people by trial; else anybody of the city.
PersonNumber visitor(const World& world, const world::Merchant& shop, Casting& casting) {
  PersonNumber found = casting.person(shop.city);
  for (int tries = 0; tries < 400; ++tries) {
    const PersonNumber person = casting.person(shop.city);
    MerchantIndex haunt = 0;
    if (world.haunt(world.person(person), shop.kind, 0, haunt) && haunt == shop.number) return person;
  }
  return found;
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant& shop) { return shop.size_permille > 700; });
  if (instance.merchants.empty()) return;
  const world::Merchant shop = world.merchant(instance.merchants[0]);
  // numbers: for each card the day of the visit and the day of the first use.
  for (std::int64_t i = 0; i < instance.drawn[0]; ++i) {
    const world::Person person = world.person(visitor(world, shop, casting));
    const bool credit = person.credit_cards > 0;
    instance.cards.push_back(world::card_of(person.number, credit ? 1 : 0));
    const Day visit = instance.first + casting.random().between(0, instance.drawn[1] - 1);
    instance.numbers.push_back(visit);
    instance.numbers.push_back(visit + 1 + casting.random().between(0, instance.drawn[2]));
    instance.last = std::max(instance.last, instance.numbers.back() + 3);
  }
  instance.ends = instance.last;
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  // How often, by skill, the goods can be turned into money at once, and a copy is swiped by its stripe.
  constexpr std::array<std::uint32_t, 4> choosy_ppm = {1'000'000, 300'000, 150'000, 0};
  constexpr std::array<std::uint32_t, 4> stripe_ppm = {700'000, 300'000, 150'000, 50'000};
  const auto skill = static_cast<std::size_t>(stage.skill());
  for (std::size_t i = 0; i < stage.instance().cards.size(); ++i) {
    const CardNumber card = stage.instance().cards[i];
    if (stage.instance().numbers[2 * i] == stage.day())
      stage.deed({.merchant = shop,
                  .time = stage.when(shop),
                  .card = card,
                  .amount = stage.ticket(shop),
                  .entry_mode = stage.entry(shop),
                  .illicit = false});
    const Day since = stage.day() - stage.instance().numbers[2 * i + 1];
    if (since < 0 || since > 2) continue;
    const int uses = stage.count(stage.drawn(3) * (stage.planted() ? 1'000 : 1'400) / 3);
    for (int use = 0; use < uses; ++use) {
      // Elsewhere: any shop that sells; planted, what can be turned into money.
      const auto count = static_cast<std::uint32_t>(stage.world().merchants().size());
      const bool choosy = stage.planted() && stage.random().chance(choosy_ppm[skill]);
      MerchantIndex at = stage.random().below(count);
      for (int tries = 0;
           tries < 40 &&
           (!stage.trade().sells(at) ||
            (choosy && stage.world().kind_of(stage.world().merchant(at)).ticket_median < 15'000));
           ++tries)
        at = stage.random().below(count);
      if (!stage.trade().sells(at)) continue;
      const bool copied = stage.planted() && stage.random().chance(stripe_ppm[skill]);
      stage.deed({.merchant = at,
                  .time = stage.when(at),
                  .card = card,
                  .amount = stage.ticket(at, stage.planted() ? 1'300 : 1'000),
                  .entry_mode = copied ? EntryMode::stripe : stage.entry(at)});
    }
  }
}

}  // namespace tillwatch::typology::skimming
