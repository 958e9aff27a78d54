// T12: numbers are tried one after the other for those that still work. Look-alike: fee day at a school or
// canteen, a queue of cards never seen there.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::card_testing {

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [](const world::Merchant&) { return true; });
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const Day length = stage.instance().last - stage.instance().first + 1;
  // And have bought better lists: fewer numbers to try, more of them good.
  const std::int64_t fewer = stage.planted() && stage.skill() >= 2 ? stage.skill() : 1;
  const std::int64_t tries = std::max<std::int64_t>(1, stage.drawn(0) / length / fewer);
  // The unskilled hammer away at night; the skilled go slowly through the day.
  const std::int64_t begins = stage.planted() && stage.skill() == 0 ? stage.random().between(60, 300)
                                                                    : stage.random().between(560, 1'100);
  const std::int64_t seconds = stage.planted() ? 4 + 12 * stage.skill() : 25;
  core::TimeMs at = stage.between(begins, begins + 1);
  for (std::int64_t i = 0; i < tries && i < 8'000; ++i) {
    at += stage.random().between(seconds * 500, seconds * 1'500);
    // The most skilled try now and then, whenever the shop is open, at any of its tills.
    const bool scattered = stage.planted() && stage.skill() >= 3;
    if (scattered) at = stage.when(shop);
    Deed deed{.merchant = shop, .time = at, .terminal = scattered ? -1 : 0};
    if (stage.planted()) {
      const auto bank =
          static_cast<std::uint32_t>(stage.random().below(static_cast<std::uint32_t>(stage.drawn(1))));
      const auto before = static_cast<std::uint32_t>((stage.day() - stage.instance().first) * tries);
      deed.card = world::strange_card(merchant.city, stage.instance().number, bank,
                                      before + static_cast<std::uint32_t>(i));
      // From skill 1 on they ask for what the shop's small sales come to.
      deed.amount = stage.skill() >= 1 ? stage.ticket(shop, 300 + 100 * stage.skill())
                                       : stage.random().between(1, stage.drawn(2));
      deed.entry_mode = stage.skill() >= 1 ? stage.entry(shop) : EntryMode::chip;
      if (stage.random().chance(static_cast<std::uint32_t>(stage.drawn(3) * 2 / (1 + fewer)) * 1000))
        deed.response = stage.random().chance(450'000)   ? Response::invalid_number
                        : stage.random().chance(500'000) ? Response::do_not_honour
                                                         : Response::expired;
    } else {
      const world::Person person =
          stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
      deed.card = stage.trade().draw_card(person, stage.world().kind_of(merchant), stage.random());
      deed.amount = stage.ticket(shop, 700);
      deed.entry_mode = stage.entry(shop);
      if (stage.random().chance(90'000)) deed.response = Response::no_funds;
    }
    stage.deed(deed);
  }
}

}  // namespace tillwatch::typology::card_testing
