// What merchants do by themselves: Trade::tell_merchant, board and board_agent (trade.h).
#include <algorithm>

#include "traffic/trade.h"

namespace tillwatch::traffic {
namespace {

using chance::Lane;

Event command(EventId id, core::TimeMs time, Fact fact) {
  Event event;
  event.kind = EventKind::registry;
  event.id = id;
  event.arrival = event.time = time;
  event.fact = fact;
  return event;
}

}  // namespace

void board_agent(const World& world, std::uint32_t agent, core::TimeMs time, Events& out) {
  (void)world;
  Event event = command(event_id(Maker::agent, agent, 0, Track::command, 0), time, Fact::agent_known);
  event.value = agent;
  out.push_back(event);
}

void board(const World& world, MerchantIndex index, core::TimeMs time, Events& out) {
  const world::Merchant& merchant = world.merchant(index);
  Event event = command(event_id(Maker::merchant, index, 0, Track::command, 0), time, Fact::merchant_opened);
  event.merchant = index;
  event.account = world::own_account(index);
  event.rate_e6 = merchant.rate_e6;
  event.value = merchant.owner;
  event.code_kind = merchant.registered;
  event.place = merchant.place;
  out.push_back(event);
  event.fact = Fact::terminal_bound;
  for (std::uint32_t i = 0; i < merchant.terminals; ++i) {
    event.id = event_id(Maker::merchant, index, 0, Track::command, i + 1);
    event.terminal = world::terminal_of(index, i);
    out.push_back(event);
  }
}

void Trade::tell_merchant(MerchantIndex index, Events& out) const {
  const world::Merchant& merchant = world_.merchant(index);
  if (day_ < merchant.opened) return;
  const auto& money = world_.settings().money;
  const bool opens = day_ == merchant.opened;
  // The fee is kept from a sale: a shop that sells nothing pays none.
  const bool sim_fee = !opens && (day_ - merchant.opened) % money.sim_days == 0 && sells(index);
  if (!opens && !sim_fee) return;
  Stream random(world_.seed(), Lane::fees, index, day_);
  Event event;
  event.merchant = index;
  event.time = world::instant(day_, draw_time(merchant, random));
  if (opens) {
    board(world_, index, event.time - 2 * core::hour_ms, out);
    // Whoever installs it tries it: with the owner's card, for next to nothing.
    const auto tests = static_cast<std::uint32_t>(random.between(1, 3));
    for (std::uint32_t i = 0; i < tests; ++i) {
      Event test = event;
      test.id = event_id(Maker::merchant, index, day_, Track::retry, i);
      test.time += i * random.between(30'000, 180'000) - 30 * core::minute_ms;
      test.card = world::card_of(merchant.owner, random.below(2));
      test.amount = random.between(1, 1'000);
      test.terminal = world::terminal_of(index, i % merchant.terminals);
      append(test, random, true, out);
    }
    if (!random.chance(static_cast<std::uint32_t>(money.deposit_permille) * 1000)) return;
  }
  event.id = event_id(Maker::merchant, index, day_, Track::sale, 0);
  event.deposit = opens;
  event.sim_fee = sim_fee;
  const std::uint64_t bits = random.next();
  const world::Person person = world_.person(opens ? merchant.owner : world_.person_in(merchant.city, bits));
  event.card = draw_card(person, world_.kind_of(merchant), random);
  event.terminal = world::terminal_of(index, 0);
  const std::int64_t deposit = random.between(money.deposit[0], money.deposit[1]) / 100 * 100;
  event.amount = opens ? std::max<std::int64_t>(100, deposit)
                       : std::max(draw_ticket(merchant, 1000, random), money.sim_fee);
  event.entry_mode = EntryMode::chip;
  event.cvm = draw_cvm(event.entry_mode, event.amount, random);
  append(event, random, true, out);
}

}  // namespace tillwatch::traffic
