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
  // The skilled have several cards for each code, and none of them for all.
  const std::int64_t cards =
      instance.planted && instance.skill >= 2 ? instance.drawn[3] * 2 * instance.skill : instance.drawn[3];
  for (std::int64_t i = 0; i < cards; ++i)
    instance.cards.push_back(casting.credit_card(casting.person(head.city)));
}

namespace {

// A card for the code with this place among the instance's.
CardNumber card_for(Stage& stage, std::size_t place) {
  const auto& cards = stage.instance().cards;
  const std::size_t codes = stage.instance().merchants.size();
  if (stage.skill() < 2 || cards.size() < codes) return stage.any_card();
  const std::size_t each = cards.size() / codes;
  return cards[place * each + stage.random().below(static_cast<std::uint32_t>(each))];
}

// A part of the day's sum. The crude ask for whole tens as near to the cap as it goes.
std::int64_t part_of(Stage& stage, const world::Merchant& code, std::int64_t part) {
  if (stage.skill() == 0) return std::max<std::int64_t>(1'000, part / 1'000 * 1'000);
  return stage.shaped(code.number, stage.dared(code.number, part));
}

}  // namespace

void act(Stage& stage) {
  const auto& codes = stage.instance().merchants;
  const PersonNumber owner = stage.world().merchant(codes[0]).owner;
  if (stage.day() == stage.instance().first)
    for (const MerchantIndex code : codes)
      stage.registry(stage.between(480, 560), traffic::Fact::person_known, code, owner);
  const std::int64_t daily = stage.drawn(1) * 100 * stage.instance().strength_permille(stage.day()) / 1000;
  if (!stage.instance().works_on(stage.day())) return;
  const bool quiet = stage.planted() && stage.skill() >= 2;
  for (std::size_t place = 0; place < codes.size(); ++place) {
    const MerchantIndex code = codes[place];
    const world::Merchant& merchant = stage.world().merchant(code);
    const int swipes = stage.count(stage.drawn(2) * 1000);
    // The skilled stay well below the cap, on one day more than on another.
    const std::int64_t today = quiet ? daily * stage.random().between(200, 900) / 1000 : daily;
    for (int i = 0; i < swipes; ++i) {
      Deed deed{.merchant = code,
                .time = stage.planted() ? stage.sitting(code) : stage.when(code),
                .entry_mode = stage.entry(code)};
      if (stage.planted()) {
        deed.card = card_for(stage, place);
        const std::int64_t part =
            today / std::max<std::int64_t>(1, swipes) * stage.random().between(850, 1'000) / 1000;
        deed.amount = part_of(stage, merchant, part);
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
