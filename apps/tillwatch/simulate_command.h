// `tillwatch simulate`: tells a seeded acquiring world as files, or drives a running server with it.
// Called by main.cpp. Never reads the truth into anything that decides.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Returns the exit code: 0 done, 1 failed, 2 wrong usage,
// 3 a planted pattern was not found (--live --once).
int simulate_command(int argc, char** argv);

}  // namespace tillwatch
