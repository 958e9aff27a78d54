// T39, refund abuse: a shop refunds to cards that never bought there, and far more than shops do.
// Look-alike: the wave of returns after a promotion. Listed in scheme_table.cpp.
#include <algorithm>

#include "simulator/flow.h"
#include "simulator/scheme_table.h"

namespace tillwatch::simulator::refund_abuse {
namespace {

constexpr KindId shops[] = {KindId::clothing, KindId::electronics, KindId::beauty};
constexpr int wave_days = 4;

// A sale of the promotion, as its refund finds it again.
struct Bought {
  CardNumber card;
  std::int64_t amount;
  core::TimeMs time;
  int back_after;  // days; 0: it is kept
};

Bought bought(const World& world, const Instance& instance, const Merchant& merchant, std::uint32_t i) {
  Stream random(world.seed(), Lane::act, instance.number, instance.first_day, 1 + i);
  Bought one{};
  one.time = time_of(instance.first_day, 0) + draw_time_of_day(*merchant.kind, random);
  const std::uint64_t person = world.neighbour(merchant, random);
  one.card = card_of(person, random.chance(560'000));
  one.amount = draw_ticket(merchant, random);
  const bool back = random.below(1000) < static_cast<std::uint32_t>(instance.drawn[1]);
  one.back_after = back ? static_cast<int>(random.between(1, wave_days)) : 0;
  return one;
}

}  // namespace

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  if (instance.role == Role::look_alike) {
    Merchant merchant = world.make_merchant(cast_number(instance), KindId::clothing, std::nullopt);
    instance.first_day =
        world.config().first_day - std::min<Day>(world.config().history_days, random.between(1, 2));
    instance.last_day = std::min(world.last_day(), instance.first_day + wave_days);
    merchant.promotion_to = instance.first_day + 1;
    const std::int64_t usual = merchant.kind->demand_milli * merchant.size_permille / 1'000'000;
    instance.drawn = {usual * random.between(3'000, 5'000) / 1000,
                      random.between(180, 280)};  // sales; back, thousandths
    return {std::move(merchant)};
  }
  instance.first_day = quick_onset(world, random, 2);
  instance.last_day = std::min(world.last_day(), instance.first_day + 4);
  instance.drawn = {random.between(3, 6)};  // refunds a day to the collecting cards
  Merchant merchant = world.make_merchant(cast_number(instance), shops[random.below(3)], std::nullopt);
  for (std::uint64_t& person : instance.people) person = world.neighbour(merchant, random);
  return {std::move(merchant)};
}

namespace {

void collect(Stage& stage, const Instance& instance) {
  Stream& random = stage.random();
  const MerchantKind& kind = *stage.merchant().kind;
  for (std::int64_t i = 0; i < instance.drawn[0]; ++i) {
    const core::TimeMs time = stage.moment(kind.opens + 30, kind.closes - 60);
    // Sometimes a sale to a stranger stands before it, and the money goes to another card.
    EventId original = 0;
    const std::int64_t ticket = stage.ticket();
    const std::int64_t amount = ticket * random.between(1'000, 2'500) / 1000;
    if (random.chance(500'000))
      original = stage.sale(
          {.time = time - random.between(60'000, 1'500'000), .card = stage.stranger(true), .amount = amount});
    stage.sale({.time = time,
                .card = card_of(instance.people[random.below(3)], false),
                .amount = amount,
                .type = TxType::refund,
                .original = original});
  }
}

void promotion_and_returns(Stage& stage, const World& world, const Instance& instance, Day day) {
  const auto count = static_cast<std::uint32_t>(instance.drawn[0]);
  const auto after = static_cast<int>(day - instance.first_day);
  const Merchant& merchant = stage.merchant();
  for (std::uint32_t i = 0; i < count; ++i) {
    const Bought one = bought(world, instance, merchant, i);
    if (after == 0) stage.sale({.time = one.time, .card = one.card, .amount = one.amount});
    if (after == 0 || one.back_after != after) continue;
    stage.sale({.time = stage.moment(merchant.kind->opens, merchant.kind->closes),
                .card = one.card,
                .amount = one.amount,
                .type = TxType::refund,
                .original = event_id(merchant.number, instance.first_day, Track::act, i)});
  }
}

}  // namespace

void act(const World& world, const Instance& instance, Day day, Events& out) {
  Stage stage(world, instance, day, out);
  if (instance.role == Role::planted) {
    collect(stage, instance);
  } else {
    promotion_and_returns(stage, world, instance, day);
  }
}

}  // namespace tillwatch::simulator::refund_abuse
