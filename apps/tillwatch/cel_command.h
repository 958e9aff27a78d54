// `tillwatch cel`: try the rule language. Evaluates one expression, a batch of JSON lines, or what is typed.
// Called by main.cpp. Uses the machine's time zones, which policies never do.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Returns the exit code: 0 done, 1 the expression has faults or fails, 2 wrong
// usage.
int cel_command(int argc, char** argv);

}  // namespace tillwatch
