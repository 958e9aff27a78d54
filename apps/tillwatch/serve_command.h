// `tillwatch serve`: the server. Called by main.cpp.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Returns 0 after a stop that was asked for, 1 where it could not start or the
// journal failed, 2 for wrong usage.
int serve_command(int argc, char** argv);

}  // namespace tillwatch
