// The table of a program's commands. Called by main.cpp; a new command is one line in command_table.cpp
// (tillwatch, which has them all) and, where it needs no server, in apps/offline/command_table.cpp.
#pragma once

#include <span>
#include <string_view>

namespace tillwatch {

struct Command {
  std::string_view name;
  std::string_view help;  // one line
  // argv[0] is the command's name. Returns the exit code: 0 done, 1 failed, 2 wrong usage.
  int (*run)(int argc, char** argv);
};

std::span<const Command> commands();
// As a person types it.
std::string_view program_name();

}  // namespace tillwatch
