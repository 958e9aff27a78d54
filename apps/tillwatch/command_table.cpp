#include "command_table.h"

#include <array>

#include "admin_command.h"
#include "backup_command.h"
#include "cel_command.h"
#include "import_command.h"
#include "policy_command.h"
#include "replay_command.h"
#include "serve_command.h"
#include "simulate_command.h"
#include "verify_command.h"

namespace tillwatch {
namespace {

constexpr auto table = std::to_array<Command>({
    {"serve", "answer over HTTP: decide, record, explain", serve_command},
    {"replay", "run files through the engine, offline", replay_command},
    {"import", "take files into the journal as history", import_command},
    {"cel", "try the rule language", cel_command},
    {"simulate", "make a stream of POS traffic with planted patterns", simulate_command},
    {"policy", "check a policy pack, show what its rules read, run its scenarios", policy_command},
    {"verify", "make every decision of a journal again and compare", verify_command},
    {"backup", "seal journal, database and keys in one file, also while serving", backup_command},
    {"restore", "make a data directory from a backup", restore_command},
    {"admin", "card keys and API keys", admin_command},
});

}  // namespace

std::span<const Command> commands() {
  return table;
}

std::string_view program_name() {
  return "tillwatch";
}

}  // namespace tillwatch
