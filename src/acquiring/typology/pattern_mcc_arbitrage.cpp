// T40: a shop trades under the code of a cheaper fee class. Look-alike: a mixed shop of that class whose
// tickets differ from its code's.
#include <algorithm>

#include "typology/casting.h"
#include "typology/pattern.h"

namespace tillwatch::typology::mcc_arbitrage {
namespace {

bool cheap(const World& world, const world::Merchant& merchant) {
  return world.kind_of(merchant).preferential != 0;
}

// The cheap kind whose code the instance trades under on the day: of those whose ticket is within twenty
// times its own, the more readily the more sales a kind has. Nobody looks at one more supermarket. From skill
// 1 on the code jumps: another one in each spell.
std::uint8_t cheap_kind(const World& world, const Instance& instance, Day day) {
  const auto& kinds = world.settings().kinds;
  const std::int64_t own = world.kind_of(world.merchant(instance.merchants[0])).ticket_median;
  const auto sales = [&](const world::Kind& kind) {
    const bool near = kind.ticket_median <= own * 20 && own <= kind.ticket_median * 20;
    return near ? kind.preferential * kind.weight * kind.demand_milli : 0;
  };
  std::int64_t all = 0;
  for (const world::Kind& kind : kinds) all += sales(kind);
  if (all == 0) return traffic::own_code;
  const Day spell = instance.skill == 0 ? 0 : core::floor_div(day - instance.first, 3);
  const std::uint64_t bits =
      chance::mix64(instance.number * 1024ull + static_cast<std::uint64_t>(spell & 1023));
  auto at = static_cast<std::int64_t>((bits >> 20) % static_cast<std::uint64_t>(all));
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    at -= sales(kinds[i]);
    if (at < 0) return static_cast<std::uint8_t>(i);
  }
  return traffic::own_code;
}

// The amount as a shop of the code would ask for it, half of the time: the skilled leave fewer price tags of
// their own trade.
std::int64_t as_of_code(Stage& stage, std::int64_t amount) {
  if (stage.random().chance(500'000)) return amount;
  const world::World& world = stage.world();
  const std::uint8_t code = cheap_kind(world, stage.instance(), stage.day());
  if (code == traffic::own_code) return amount;
  const world::Kind& own = world.kind_of(world.merchant(stage.instance().merchants[0]));
  const std::int64_t grain = world.settings().kinds[code].grain;
  if (grain >= own.grain) return amount;
  const std::int64_t odd = amount + own.below - stage.random().between(0, own.grain - 1);
  return std::max(grain, odd / grain * grain);
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  // From skill 1 on only shops do it whose tickets go with a common cheap code.
  const std::int64_t most = instance.planted && instance.skill >= 1 ? 60'000 : 100'000'000;
  casting.merchants(1, [&](const world::Merchant& shop) {
    return cheap(world, shop) != instance.planted && world.kind_of(shop).ticket_median <= most;
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
  const int swipes = stage.strong(stage.drawn(0));
  for (int i = 0; i < swipes; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    const bool credit = stage.random().chance(static_cast<std::uint32_t>(stage.drawn(2)) * 1000);
    const std::int64_t permille =
        stage.planted() ? 1000 + (stage.drawn(1) - 1000) / (1 + stage.skill()) : stage.drawn(1);
    const std::int64_t price = stage.shaped(shop, stage.ticket(shop, permille));
    const std::int64_t amount = stage.planted() && stage.skill() >= 1 ? as_of_code(stage, price) : price;
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
