// T26, unregistered terminal: a terminal that the registry does not know, or knows as scrapped, takes sales.
// Look-alike: a new terminal whose registration arrives a little after its first sale. Listed in
// scheme_table.cpp.
#include "simulator/scheme_table.h"

namespace tillwatch::simulator::unregistered_terminal {
namespace {

constexpr KindId shops[] = {KindId::restaurant, KindId::clothing, KindId::supermarket, KindId::pharmacy};

}  // namespace

std::vector<Merchant> cast(const World& world, Instance& instance, Stream& random) {
  instance.first_day = instance.last_day = quick_onset(world, random, 1);
  Merchant merchant = world.make_merchant(cast_number(instance), shops[random.below(4)], std::nullopt);
  Merchant spare = world.make_merchant(cast_number(instance, 1), KindId::pharmacy, std::nullopt);
  const bool scrapped = random.chance(350'000);
  const TerminalState wrong = scrapped ? TerminalState::scrapped : TerminalState::unregistered;
  spare.terminals[0].state = instance.role == Role::planted ? wrong : TerminalState::registered_later;
  merchant.terminals.push_back(spare.terminals[0]);
  return {std::move(merchant)};
}

void act(const World& world, const Instance& instance, Day day, Events& out) {
  Stage stage(world, instance, day, out);
  Stream& random = stage.random();
  const auto terminal = static_cast<std::uint8_t>(stage.merchant().terminals.size() - 1);
  const core::TimeMs first = stage.moment(640, 860);
  core::TimeMs time = first;
  const std::int64_t times = random.between(14, 26);
  for (std::int64_t i = 0; i < times; ++i) {
    stage.sale({.time = time,
                .card = stage.stranger(random.chance(450'000)),
                .amount = stage.ticket(),
                .terminal = terminal,
                .entry_mode = random.chance(500'000) ? EntryMode::chip : EntryMode::contactless});
    time += random.between(3 * core::minute_ms, 22 * core::minute_ms);
  }
  if (instance.role == Role::look_alike)
    stage.registry(first + random.between(6 * core::minute_ms, 50 * core::minute_ms), Fact::terminal_active,
                   0, terminal);
}

}  // namespace tillwatch::simulator::unregistered_terminal
