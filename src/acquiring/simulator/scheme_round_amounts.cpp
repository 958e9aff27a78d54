// T04, round amounts: a shop whose sales are 5000, 2000, 9999, 998 yuan, whatever it sells.
// Look-alike: a shop whose price list really ends in 88, 98 and 99. Listed in scheme_table.cpp.
#include "simulator/scheme_table.h"

namespace tillwatch::simulator::round_amounts {

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  instance.last_day = world.last_day();
  if (instance.role == Role::look_alike) {
    instance.first_day = world.config().first_day - world.config().history_days;
    Merchant merchant = world.make_merchant(cast_number(instance), KindId::clothing, std::nullopt);
    merchant.price_points = merchant.price_list = true;
    return {std::move(merchant)};
  }
  instance.first_day = slow_onset(world, random, 8);
  const KindId kind = random.chance(500'000) ? KindId::beauty : KindId::building_materials;
  Merchant merchant = world.make_merchant(cast_number(instance), kind, std::nullopt);
  merchant.size_permille = merchant.size_permille * 3 / 10;
  instance.drawn = {random.between(5, 9)};  // such sales a day
  for (std::uint64_t& person : instance.people) person = world.neighbour(merchant, random);
  return {std::move(merchant)};
}

void act(const World& world, const Instance& instance, Day day, Events& out) {
  if (instance.role == Role::look_alike) return;  // its own price list is all it takes
  Stage stage(world, instance, day, out);
  Stream& random = stage.random();
  const MerchantKind& kind = *stage.merchant().kind;
  for (std::int64_t i = 0; i < instance.drawn[0]; ++i) {
    constexpr std::int64_t endings[] = {9'800, 9'900, 8'800};
    const std::int64_t thousands = random.between(1, 9) * 100'000;
    std::int64_t amount = random.chance(650'000) ? thousands : thousands - 10'000 + endings[random.below(3)];
    if (amount >= kind.single_limit) amount = kind.single_limit / 2;
    const CardNumber card =
        random.chance(350'000) ? card_of(instance.people[random.below(4)], true) : stage.stranger(true);
    stage.sale({.time = stage.moment(kind.opens, kind.closes), .card = card, .amount = amount});
  }
}

}  // namespace tillwatch::simulator::round_amounts
