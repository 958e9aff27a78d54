// T38, dormant burst: a shop silent for over ninety days sells much for a day or two.
// Look-alike: a seasonal shop that was verified again before it reopened. Listed in scheme_table.cpp.
#include <algorithm>

#include "simulator/scheme_table.h"

namespace tillwatch::simulator::dormant_burst {
namespace {

constexpr KindId shops[] = {KindId::clothing, KindId::beauty, KindId::building_materials};

}  // namespace

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  const bool planted = instance.role == Role::planted;
  instance.first_day = quick_onset(world, random, 2);
  instance.last_day = std::min(world.last_day(), instance.first_day + 1);
  instance.drawn = {random.between(16, 34),
                    random.between(1'800, 3'600)};  // sales a day; tickets, thousandths
  const KindId kind = planted                  ? shops[random.below(3)]
                      : random.chance(500'000) ? KindId::clothing
                                               : KindId::restaurant;
  Merchant merchant = world.make_merchant(cast_number(instance), kind, std::nullopt);
  merchant.silent_to =
      instance.first_day + (planted ? 2 : 0);  // its ordinary trade comes back later, or not at all
  merchant.silent_from = instance.first_day - random.between(94, 120);
  merchant.active_from = merchant.silent_from - random.between(8, 20);
  return {std::move(merchant)};
}

void act(const World& world, const Instance& instance, Day day, Events& out) {
  Stage stage(world, instance, day, out);
  Stream& random = stage.random();
  const MerchantKind& kind = *stage.merchant().kind;
  if (instance.role == Role::look_alike) {
    if (day == instance.first_day) stage.registry(stage.moment(5, 60), Fact::reverified, time_of(day, 0));
    return;  // its ordinary trade is back from this day on
  }
  for (std::int64_t i = 0; i < instance.drawn[0]; ++i) {
    const std::int64_t amount = stage.ticket() * instance.drawn[1] / 1000;
    stage.sale({.time = stage.moment(kind.opens, kind.closes),
                .card = stage.stranger(random.chance(850'000)),
                .amount = std::min(amount, kind.single_limit - random.between(100, 20'000))});
  }
}

}  // namespace tillwatch::simulator::dormant_burst
