// `tillwatch import`: files into the journal of an installation as history: they move windows and decide
// nothing. The same file again changes nothing. Called by main.cpp.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Returns the exit code: 0 done, 1 failed, 2 wrong usage.
int import_command(int argc, char** argv);

}  // namespace tillwatch
