// T35, night trade: a shop that is shut at night takes sales in the small hours, night after night.
// Look-alike: a bar. Listed in scheme_table.cpp.
#include "simulator/scheme_table.h"

namespace tillwatch::simulator::night {
namespace {

constexpr KindId shops[] = {KindId::clothing, KindId::electronics, KindId::beauty};

}  // namespace

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  instance.last_day = world.last_day();
  if (instance.role == Role::look_alike) {
    instance.first_day = world.config().first_day - world.config().history_days;
    return {world.make_merchant(cast_number(instance), KindId::bar, std::nullopt)};
  }
  instance.first_day = slow_onset(world, random, 7);
  Merchant merchant = world.make_merchant(cast_number(instance), shops[random.below(3)], std::nullopt);
  merchant.size_permille = merchant.size_permille * 6 / 10;
  instance.drawn = {random.between(4, 6)};  // sales a night
  for (std::uint64_t& person : instance.people) person = world.neighbour(merchant, random);
  return {std::move(merchant)};
}

void act(const World& world, const Instance& instance, Day day, Events& out) {
  if (instance.role == Role::look_alike) return;  // a bar's own trade is all it takes
  Stage stage(world, instance, day, out);
  Stream& random = stage.random();
  const std::int64_t times = instance.drawn[0] + random.between(0, 3);
  for (std::int64_t i = 0; i < times; ++i) {
    // A few friends' cards beside strangers'.
    const CardNumber card =
        random.chance(500'000) ? card_of(instance.people[random.below(4)], true) : stage.stranger(true);
    const core::TimeMs time = stage.moment(1'390, 1'440 + 290);
    const std::int64_t ticket = stage.ticket();
    stage.sale({.time = time, .card = card, .amount = ticket + random.between(0, 60) * 100});
  }
}

}  // namespace tillwatch::simulator::night
