// What an agent's sheets say of merchants, terminals and agents below it: exported from an acquirer's portal,
// with gaps where papers are missing. Called by `tillwatch simulate --files`. UTF-8 CSV with a byte order
// mark, as a portal writes it for a spreadsheet program.
#pragma once

#include <optional>
#include <string>

#include "agent_files/statement.h"

namespace tillwatch::agent_files {

// As of the end of the day, of the channel; of one city where given.
std::string merchant_register(const World& world, std::uint8_t channel, Day day,
                              std::optional<std::uint8_t> city);
std::string terminal_register(const World& world, std::uint8_t channel, Day day,
                              std::optional<std::uint8_t> city);
// Of all channels: the firm's own list.
std::string agent_register(const World& world);

// True where registers are exported at the end of the day: on the first day told and on each first of a
// month.
bool exports_registers(Day day, Day first);

}  // namespace tillwatch::agent_files
