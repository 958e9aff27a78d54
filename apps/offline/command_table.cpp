// The commands of tillwatch-offline: what needs no server, no database and no network. Read by main.cpp, as
// command_table.h says. Never lists a command that listens.
#include "command_table.h"

#include <array>

#include "replay_command.h"
#include "simulate_command.h"
#include "verify_command.h"

namespace tillwatch {
namespace {

constexpr auto table = std::to_array<Command>({
    {"replay", "run files through the engine, offline", replay_command},
    {"verify", "make every decision of a journal again and compare", verify_command},
    {"simulate", "make a stream of POS traffic with planted patterns", simulate_command},
});

}  // namespace

std::span<const Command> commands() {
  return table;
}

std::string_view program_name() {
  return "tillwatch-offline";
}

}  // namespace tillwatch
