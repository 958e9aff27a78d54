// T40: a shop trades under the code of a cheaper fee class. Look-alike: a mixed shop of that class, part of
// whose tickets are those of other goods; two trades under one roof, each with its till and code; a shop
// whose code is corrected. From skill 1 on the code stays, at one till: what tells are the tickets.
#include <algorithm>
#include <array>

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

// What a look-alike sells beside its own goods: those of another trade, as dear as theirs who misuse its
// code.
std::uint8_t goods_kind(const World& world, const world::Kind& own, std::uint64_t bits) {
  return weighted_kind(world, bits, [&](const world::Kind& kind) {
    return kind.preferential == 0 && near(kind, own) ? kind.weight : 0;
  });
}

enum class Story : std::uint8_t {
  misuse,      // planted
  mixed,       // other goods under the own, cheap code
  cheap_till,  // a shop of dear goods with a second, cheap trade at a till of its own
  dear_till,   // the other way round
  corrected,   // an old code, which each till sends until it gets the right one
};

// Instance::numbers by place: the story, the second code (own_code: none), and the till that it belongs to
// (-1: all).
enum Kept : std::size_t { kept_story, kept_code, kept_till };
Story story_of(const Instance& instance) {
  return static_cast<Story>(instance.numbers[kept_story]);
}
std::uint8_t code_of(const Instance& instance) {
  return static_cast<std::uint8_t>(instance.numbers[kept_code]);
}

// Whether the till sends the old code on the day: the terminals get the right one days apart.
bool sends_old_code(const Instance& instance, std::uint32_t till, Day day) {
  const auto wrong = static_cast<Day>(4 + (instance.key >> 40) % 27);
  return day <
         instance.first + wrong + static_cast<Day>(till) * static_cast<Day>(1 + (instance.key >> 48) % 4);
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

namespace {

// The story of a look-alike, from its own bits.
Story drawn_story(const Instance& instance) {
  if (static_cast<std::int64_t>((instance.key >> 12) % 1000) >= instance.drawn[4]) return Story::mixed;
  constexpr std::array<Story, 3> stories = {Story::cheap_till, Story::dear_till, Story::corrected};
  return stories[(instance.key >> 24) % stories.size()];
}

bool fits(const World& world, const Instance& instance, Story story, const world::Merchant& shop) {
  const world::Kind& kind = world.kind_of(shop);
  const bool cheap = kind.preferential != 0;
  const bool misusable = !cheap && cheap_code(world, kind, 0) != traffic::own_code;
  if (story == Story::mixed || story == Story::corrected) return cheap;
  if (story == Story::dear_till)
    return cheap && shop.terminals >= 2 && goods_kind(world, kind, 0) != traffic::own_code;
  if (story == Story::cheap_till) return misusable && shop.terminals >= 2;
  // The crude do it with dear goods, where it pays most; from skill 1 on only shops do whose tickets go with
  // a common cheap code. Where no cheap code is near there is nothing to misuse.
  return misusable && (instance.skill == 0 ? kind.ticket_median >= 60'000 : kind.ticket_median <= 60'000);
}

}  // namespace

void cast(const World& world, Instance& instance) {
  Casting casting(world, instance);
  Story story = instance.planted ? Story::misuse : drawn_story(instance);
  // The skilled keep the code to one till, where there are several.
  const bool several = instance.planted && instance.skill >= 1;
  casting.merchants(1, [&](const world::Merchant& shop) {
    return fits(world, instance, story, shop) && (!several || shop.terminals >= 2);
  });
  if (instance.merchants.empty()) {
    if (!instance.planted) story = Story::mixed;
    casting.merchants(1, [&](const world::Merchant& shop) { return fits(world, instance, story, shop); });
  }
  if (instance.merchants.empty()) return;
  const world::Merchant& shop = world.merchant(instance.merchants[0]);
  const world::Kind& own = world.kind_of(shop);
  std::uint8_t code = traffic::own_code;
  if (story == Story::misuse || story == Story::cheap_till) code = cheap_code(world, own, instance.key);
  if (story == Story::dear_till) code = goods_kind(world, own, instance.key);
  if (story == Story::corrected)
    code = shop.registered != shop.kind ? shop.registered : goods_kind(world, own, instance.key);
  const bool one_till =
      story == Story::cheap_till || story == Story::dear_till || (several && shop.terminals >= 2);
  instance.numbers = {static_cast<std::int64_t>(story), code, one_till ? shop.terminals - 1 : -1};
}

void overlay(const World& world, const Instance& instance, Day day, traffic::DayOverlays& out) {
  if (!instance.acts_on(day)) return;
  const Story story = story_of(instance);
  const auto till = static_cast<std::int8_t>(instance.numbers[kept_till]);
  traffic::Overlay& change = out.make(instance.merchants[0], world.merchants().size());
  change.touched_by = instance.number + 1;
  change.code_kind = code_of(instance);
  change.code_tills = till < 0 ? 0xff : static_cast<std::uint8_t>(1u << till);
  change.kept_till = story == Story::cheap_till || story == Story::dear_till ? till : std::int8_t{-1};
  if (story != Story::corrected) return;
  change.code_tills = 0;
  for (std::uint32_t each = 0; each < world::terminals_max; ++each)
    if (sends_old_code(instance, each, day)) change.code_tills |= static_cast<std::uint8_t>(1u << each);
}

void act(Stage& stage) {
  if (!stage.instance().works_on(stage.day())) return;
  const MerchantIndex shop = stage.instance().merchants[0];
  const world::Merchant& merchant = stage.world().merchant(shop);
  const world::Kind& own = stage.world().kind_of(merchant);
  const Story story = story_of(stage.instance());
  const std::uint8_t second = code_of(stage.instance());
  const bool of_till = story == Story::cheap_till || story == Story::dear_till;
  world::Merchant goods = merchant;
  const std::uint8_t sold = story == Story::misuse ? merchant.kind
                            : of_till              ? second
                                                   : goods_kind(stage.world(), own, stage.instance().key);
  if (sold != traffic::own_code) goods.kind = sold;
  const bool under_second = (story == Story::misuse || of_till) && second != traffic::own_code;
  const world::Kind& code = under_second ? stage.world().settings().kinds[second] : own;
  // A trade with a till of its own lives on more sales than are hidden under a code.
  const int swipes = stage.strong(stage.drawn(0) * (of_till ? 4 : 1));
  const std::int64_t permille = stage.planted() ? 1000 + (stage.drawn(1) - 1000) / (1 + stage.skill())
                                : of_till       ? 1000
                                                : stage.drawn(1);
  const auto till = static_cast<int>(stage.instance().numbers[kept_till]);
  for (int i = 0; i < swipes; ++i) {
    const world::Person person =
        stage.world().person(stage.world().person_in(merchant.city, stage.random().next()));
    const bool credit = stage.random().chance(static_cast<std::uint32_t>(stage.drawn(2)) * 1000);
    const std::int64_t amount = sum_under(stage, goods, code, permille);
    const auto cover = static_cast<int>(stage.planted() && stage.skill() >= 2 &&
                                        stage.random().below(1000) < stage.drawn(3));
    stage.deed({.merchant = shop,
                .time = stage.when(shop),
                .card = world::card_of(person.number, credit ? 1 : 0),
                .amount = amount,
                .terminal = till,
                .entry_mode = stage.entry(shop)});
    for (int j = 0; j < cover; ++j)
      stage.deed({.merchant = shop,
                  .time = stage.when(shop),
                  .card = world::card_of(stage.world().person_in(merchant.city, stage.random().next()), 0),
                  .amount = stage.ticket(shop, 600),
                  .terminal = till,
                  .entry_mode = stage.entry(shop),
                  .illicit = false});
  }
}

}  // namespace tillwatch::typology::mcc_arbitrage
