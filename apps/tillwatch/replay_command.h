// `tillwatch replay`: files through the engine, offline: no journal is written, nothing is kept but what was
// asked for. Called by main.cpp.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Returns the exit code: 0 done, 1 failed, 2 wrong usage.
int replay_command(int argc, char** argv);

}  // namespace tillwatch
