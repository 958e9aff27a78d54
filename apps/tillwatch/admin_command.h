// `tillwatch admin`: card keys and API keys. Called by main.cpp.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Returns 0 done, 1 failed, 2 wrong usage.
int admin_command(int argc, char** argv);

}  // namespace tillwatch
