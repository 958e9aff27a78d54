// T36, volume spike: a shop suddenly sells several times what it sells and declared.
// Look-alike: a promotion day that was notified beforehand. Listed in scheme_table.cpp.
#include "chance/distribution.h"
#include "simulator/flow.h"
#include "simulator/scheme_table.h"

namespace tillwatch::simulator::volume_spike {
namespace {

constexpr KindId shops[] = {KindId::clothing, KindId::supermarket, KindId::pharmacy, KindId::restaurant};

}  // namespace

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  instance.first_day = instance.last_day = quick_onset(world, random, 1);
  instance.drawn = {random.between(3'500, 6'500),
                    random.between(1'200, 2'400)};  // sales and tickets, thousandths of usual
  return {world.make_merchant(cast_number(instance), shops[random.below(4)], std::nullopt)};
}

void act(const World& world, const Instance& instance, Day day, Events& out) {
  Stage stage(world, instance, day, out);
  Stream& random = stage.random();
  const Merchant& merchant = stage.merchant();
  const MerchantKind& kind = *merchant.kind;
  if (instance.role == Role::look_alike)
    stage.registry(stage.moment(5, 60), Fact::promotion_notified, time_of(day + 2, 0));
  const std::int64_t usual = kind.demand_milli * merchant.size_permille / 1000;
  const int times = poisson(random, usual * instance.drawn[0] / 1000);
  for (int i = 0; i < times; ++i) {
    const std::int64_t at = draw_time_of_day(kind, random);
    const std::int64_t amount = stage.ticket() * instance.drawn[1] / 1000;
    stage.sale({.time = time_of(day, 0) + at,
                .card = stage.stranger(random.chance(600'000)),
                .amount = amount < kind.single_limit ? amount : amount / 2});
  }
}

}  // namespace tillwatch::simulator::volume_spike
