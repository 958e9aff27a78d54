// `tillwatch policy`: checks a pack and shows what its rules read. Called by main.cpp. Never runs a policy on
// anything.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Returns the exit code: 0 done, 1 the pack has faults, 2 wrong usage.
int policy_command(int argc, char** argv);

}  // namespace tillwatch
