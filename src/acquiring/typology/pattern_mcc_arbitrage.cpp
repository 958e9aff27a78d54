// T40: a shop trades under the code of a cheaper fee class. Look-alike: a mixed shop of that class, part of
// whose tickets are those of other goods.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::mcc_arbitrage {
namespace {

// Goods and codes that may go together: neither costs more than twenty times the other.
bool near(const world::Kind& one, const world::Kind& other) {
  return one.ticket_median <= other.ticket_median * 20 && other.ticket_median <= one.ticket_median * 20;
}

// One of the kinds by weight, from 64 random bits; own_code where none has any.
template <class Weight>
std::uint8_t weighted_kind(const World& world, std::uint64_t bits, const Weight& weight_of) {
  const auto& kinds = world.settings().kinds;
  std::int64_t all = 0;
  for (const world::Kind& kind : kinds) all += weight_of(kind);
  if (all == 0) return traffic::own_code;
  auto at = static_cast<std::int64_t>((bits >> 20) % static_cast<std::uint64_t>(all));
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    at -= weight_of(kinds[i]);
    if (at < 0) return static_cast<std::uint8_t>(i);
  }
  return traffic::own_code;
}

// The cheap kind whose code a shop of the kind may trade under: the more readily the more sales a kind has.
// Nobody looks at one more supermarket.
std::uint8_t cheap_code(const World& world, const world::Kind& own, std::uint64_t bits) {
  return weighted_kind(world, bits, [&](const world::Kind& kind) {
    return near(kind, own) ? kind.preferential * kind.weight * kind.demand_milli : 0;
  });
}

// The code of the day. From skill 1 on it jumps: another one in each spell.
std::uint8_t cheap_kind(const World& world, const Instance& instance, Day day) {
  const Day spell = instance.skill == 0 ? 0 : core::floor_div(day - instance.first, 3);
  const std::uint64_t bits =
      chance::mix64(instance.key + (static_cast<std::uint64_t>(spell) + 1'000) * chance::golden_step);
  return cheap_code(world, world.kind_of(world.merchant(instance.merchants[0])), bits);
}

// What a look-alike sells beside its own goods: those of another trade, as dear as theirs who misuse its
// code.
std::uint8_t goods_kind(const World& world, const Instance& instance) {
  const world::Kind& own = world.kind_of(world.merchant(instance.merchants[0]));
  return weighted_kind(world, instance.key, [&](const world::Kind& kind) {
    return kind.preferential == 0 && near(kind, own) ? kind.weight : 0;
  });
}

// The amount as a shop of the code would ask for it, half of the time: the skilled leave fewer price tags of
// their own trade.
std::int64_t as_of_code(Stage& stage, const world::Kind& own, const world::Kind& code, std::int64_t amount) {
  if (stage.random().chance(500'000) || code.grain >= own.grain) return amount;
  const std::int64_t odd = amount + own.below - stage.random().between(0, own.grain - 1);
  return std::max(code.grain, odd / code.grain * code.grain);
}

// A sum for the goods of another trade, below what is taken at once under the code.
std::int64_t sum_under(Stage& stage, const world::Merchant& goods, const world::Kind& code,
                       std::int64_t permille) {
  std::int64_t target = stage.trade().draw_ticket(goods, permille, stage.random());
  const std::int64_t most = code.single_limit - stage.world().kind_of(goods).grain;
  while (target > 0 && std::max(target, traffic::round_sum(target)) > most) target /= 2;
  const std::int64_t price = stage.shaped(goods, target);
  const bool hides = stage.planted() && stage.skill() >= 1;
  return hides ? as_of_code(stage, stage.world().kind_of(goods), code, price) : price;
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  casting.merchants(1, [&](const world::Merchant& shop) {
    const world::Kind& kind = world.kind_of(shop);
    if (!instance.planted) return kind.preferential != 0;
    // The crude do it with dear goods, where it pays most; from skill 1 on only shops do whose tickets go
    // with a common cheap code. Where no cheap code is near there is nothing to misuse.
    const bool pays = instance.skill == 0 ? kind.ticket_median >= 60'000 : kind.ticket_median <= 60'000;
    return kind.preferential == 0 && pays && cheap_code(world, kind, 0) != traffic::own_code;
  });
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (!instance.acts_on(day) || !instance.works_on(day)) return;
  traffic::Overlay& change = out.make(instance.merchants[0], world.merchants().size());
  if (instance.planted) change.code_kind = cheap_kind(world, instance, day);
  change.touched_by = instance.number + 1;
}

void act(Stage& stage) {
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  if (!stage.instance().works_on(stage.day())) return;
  world::Merchant goods = merchant;
  const std::uint8_t other = stage.planted() ? cheap_kind(stage.world(), stage.instance(), stage.day())
                                             : goods_kind(stage.world(), stage.instance());
  if (!stage.planted() && other != traffic::own_code) goods.kind = other;
  const bool misused = stage.planted() && other != traffic::own_code;
  const world::Kind& code = misused ? stage.world().settings().kinds[other] : stage.world().kind_of(merchant);
  const int swipes = stage.strong(stage.drawn(0));
  for (int i = 0; i < swipes; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    const bool credit = stage.random().chance(static_cast<std::uint32_t>(stage.drawn(2)) * 1000);
    const std::int64_t permille =
        stage.planted() ? 1000 + (stage.drawn(1) - 1000) / (1 + stage.skill()) : stage.drawn(1);
    const std::int64_t amount = sum_under(stage, goods, code, permille);
    const auto cover = static_cast<int>(stage.planted() && stage.skill() >= 2 &&
                                        stage.random().below(1000) < stage.drawn(3));
    stage.deed({.merchant = shop,
                .time = stage.when(shop),
                .card = world::card_of(person.number, credit ? 1 : 0),
                .amount = amount,
                .entry_mode = stage.entry(shop)});
    for (int j = 0; j < cover; ++j)
      stage.deed({.merchant = shop,
                  .time = stage.when(shop),
                  .card = world::card_of(stage.world().person_in(merchant.city, stage.random().next()), 0),
                  .amount = stage.ticket(shop, 600),
                  .entry_mode = stage.entry(shop),
                  .illicit = false});
  }
}

}  // namespace tillwatch::typology::mcc_arbitrage
