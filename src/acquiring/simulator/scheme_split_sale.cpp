// T06, split sale: one purchase above the single limit, paid in parts below it by the same card within
// minutes. Look-alike: food court regulars who pay for the meal, then for the drink. Listed in
// scheme_table.cpp.
#include <algorithm>

#include "simulator/scheme_table.h"

namespace tillwatch::simulator::split_sale {

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  if (instance.role == Role::look_alike) {
    instance.first_day = world.config().first_day - std::min(7, world.config().history_days);
    instance.last_day = world.last_day();
    instance.drawn = {random.between(6, 12)};  // regulars
    return {world.make_merchant(cast_number(instance), KindId::food_court, std::nullopt)};
  }
  instance.first_day = quick_onset(world, random, 2);
  instance.last_day = std::min(world.last_day(), instance.first_day + 4);
  const KindId kind = random.chance(500'000) ? KindId::electronics : KindId::building_materials;
  return {world.make_merchant(cast_number(instance), kind, std::nullopt)};
}

namespace {

void split(Stage& stage) {
  Stream& random = stage.random();
  const MerchantKind& kind = *stage.merchant().kind;
  const std::int64_t purchases = random.between(1, 3);
  for (std::int64_t p = 0; p < purchases; ++p) {
    const std::int64_t whole = kind.single_limit * random.between(1'150, 2'400) / 1000;
    const std::int64_t parts = whole / kind.single_limit + 1 + (random.chance(400'000) ? 1 : 0);
    const CardNumber card = stage.stranger(random.chance(800'000));
    core::TimeMs time = stage.moment(kind.opens + 30, kind.closes - 30);
    std::int64_t left = whole;
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t even = left / (parts - part);
      std::int64_t amount = part + 1 == parts ? left : even * random.between(900, 1'080) / 1000;
      amount = std::min(amount, kind.single_limit - random.between(100, 90'000));
      stage.sale({.time = time, .card = card, .amount = amount});
      left -= amount;
      time += random.between(40'000, 170'000);
    }
  }
}

void meals(Stage& stage, const World& world, const Instance& instance) {
  Stream& random = stage.random();
  for (std::int64_t j = 0; j < instance.drawn[0]; ++j) {
    if (random.chance(250'000)) continue;
    const std::uint64_t person = world.regular(stage.merchant(), static_cast<std::uint32_t>(j));
    const CardNumber card = card_of(person, (person & 1) != 0);
    const bool lunch = random.chance(650'000);
    core::TimeMs time = lunch ? stage.moment(690, 790) : stage.moment(1'050, 1'140);
    const std::int64_t times = random.between(2, 3);
    for (std::int64_t i = 0; i < times; ++i) {
      const std::int64_t amount = i == 0 ? stage.ticket() : random.between(6, 30) * 50;
      stage.sale({.time = time,
                  .card = card,
                  .amount = amount,
                  .entry_mode = EntryMode::contactless,
                  .cvm = Cvm::none});
      time += random.between(50'000, 400'000);
    }
  }
}

}  // namespace

void act(const World& world, const Instance& instance, Day day, Events& out) {
  Stage stage(world, instance, day, out);
  if (instance.role == Role::planted) {
    split(stage);
  } else {
    meals(stage, world, instance);
  }
}

}  // namespace tillwatch::simulator::split_sale
