// `tillwatch backup` and `tillwatch restore`: an installation sealed in one file, and made from it again.
// Called by main.cpp.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Return the exit code: 0 done, 1 not done, 2 wrong usage.
int backup_command(int argc, char** argv);
int restore_command(int argc, char** argv);

}  // namespace tillwatch
