// T12, card testing: somebody runs numbers of one issuer through a terminal to see which are alive.
// Look-alike: fee day at a school, where a queue of parents pays with cards of the same bank. Listed in
// scheme_table.cpp.
#include "simulator/scheme_table.h"

namespace tillwatch::simulator::card_testing {

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  const bool planted = instance.role == Role::planted;
  instance.first_day = instance.last_day = quick_onset(world, random, 1);
  instance.drawn = planted ? std::array<std::int64_t, 4>{random.between(70, 150), random.between(560, 860)}
                           : std::array<std::int64_t, 4>{random.between(180, 320), random.between(70, 170)};
  const KindId shop = random.chance(500'000) ? KindId::convenience : KindId::pharmacy;
  return {world.make_merchant(cast_number(instance), planted ? shop : KindId::school, std::nullopt)};
}

namespace {

Response refusal(Stream& random) {
  constexpr Response answers[] = {Response::invalid_number, Response::expired, Response::do_not_honour,
                                  Response::invalid_number};
  return answers[random.below(4)];
}

void run_numbers(Stage& stage, const Instance& instance) {
  Stream& random = stage.random();
  const MerchantKind& kind = *stage.merchant().kind;
  core::TimeMs time = stage.moment(kind.opens + 20, kind.closes - 60);
  for (std::int64_t i = 0; i < instance.drawn[0]; ++i) {
    const bool refused = random.below(1000) < static_cast<std::uint32_t>(instance.drawn[1]);
    stage.sale({.time = time,
                .card = tested_card(instance.number, static_cast<std::uint32_t>(i)),
                .amount = random.between(100, 990),
                .entry_mode = random.chance(700'000) ? EntryMode::stripe : EntryMode::contactless,
                .cvm = Cvm::none,
                .response = refused ? refusal(random) : Response::approved});
    time += random.between(2'500, 10'500);
  }
}

void fee_day(Stage& stage, const World& world, const Instance& instance) {
  Stream& random = stage.random();
  const std::int64_t fee = random.between(60, 260) * 1'000;
  core::TimeMs time = stage.moment(450, 500);
  for (std::int64_t i = 0; i < instance.drawn[0]; ++i) {
    // Most parents bank next door: the card of the first person found with the school's own bank.
    CardNumber card = stage.stranger(false);
    for (int tries = 0; tries < 6 && make_card(world.seed(), card).issuer != "bank-01"; ++tries)
      card = stage.stranger(false);
    const bool refused = random.below(1000) < static_cast<std::uint32_t>(instance.drawn[1]);
    const std::int64_t extra = random.chance(300'000) ? random.between(5, 40) * 1'000 : 0;
    Act act{.time = time, .card = card, .amount = fee + extra};
    if (refused) act.response = random.chance(600'000) ? Response::no_funds : Response::over_limit;
    stage.sale(act);
    if (refused && random.chance(500'000)) {
      act.time += random.between(20'000, 60'000);
      act.card = card_of(world.neighbour(stage.merchant(), random), true);
      act.response = Response::approved;
      stage.sale(act);
    }
    time += random.between(6'000, 26'000);
  }
}

}  // namespace

void act(const World& world, const Instance& instance, Day day, Events& out) {
  Stage stage(world, instance, day, out);
  if (instance.role == Role::planted) {
    run_numbers(stage, instance);
  } else {
    fee_day(stage, world, instance);
  }
}

}  // namespace tillwatch::simulator::card_testing
