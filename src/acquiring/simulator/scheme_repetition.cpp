// T07, card-merchant repetition: two cards go through one shop's terminal several times a day.
// Look-alike: a fuel station where the same taxis fill up day after day. Listed in scheme_table.cpp.
#include <algorithm>

#include "simulator/scheme_table.h"

namespace tillwatch::simulator::repetition {

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  const bool planted = instance.role == Role::planted;
  if (planted) {
    instance.first_day = quick_onset(world, random, 2);
    instance.last_day = std::min(world.last_day(), instance.first_day + 5);
  } else {
    instance.first_day = world.config().first_day - std::min(8, world.config().history_days);
    instance.last_day = world.last_day();
  }
  instance.drawn = {planted ? random.between(1, 2) : random.between(5, 9)};  // cards
  const KindId shop = random.chance(500'000) ? KindId::clothing : KindId::beauty;
  Merchant merchant = world.make_merchant(cast_number(instance), planted ? shop : KindId::fuel, std::nullopt);
  for (std::uint64_t& person : instance.people) person = world.neighbour(merchant, random);
  return {std::move(merchant)};
}

void act(const World& world, const Instance& instance, Day day, Events& out) {
  Stage stage(world, instance, day, out);
  Stream& random = stage.random();
  const MerchantKind& kind = *stage.merchant().kind;
  const bool planted = instance.role == Role::planted;
  for (std::int64_t j = 0; j < instance.drawn[0]; ++j) {
    const std::uint64_t person = planted ? instance.people[static_cast<std::size_t>(j)]
                                         : world.regular(stage.merchant(), static_cast<std::uint32_t>(j));
    const CardNumber card = card_of(person, planted || (person & 1) != 0);
    const std::int64_t times = planted ? random.between(4, 7) : random.between(2, 4);
    const std::int64_t step = (kind.closes - kind.opens - 40) / times;
    for (std::int64_t i = 0; i < times; ++i) {
      const std::int64_t from = kind.opens + 20 + i * step;
      const std::int64_t amount = planted ? random.between(61'300, 284'900) : random.between(14'000, 42'000);
      stage.sale({.time = stage.moment(from, from + std::max<std::int64_t>(2, step - 12)),
                  .card = card,
                  .amount = amount});
    }
  }
}

}  // namespace tillwatch::simulator::repetition
