// `tillwatch verify`: steps a data directory's journal again and compares every decision with the stored one.
// Called by main.cpp. Changes nothing; the server must not be running on the directory.
#pragma once

namespace tillwatch {

// argv[0] is the command's name. Returns the exit code: 0 all decisions are the same, 1 they are not or the
// journal cannot be read, 2 wrong usage.
int verify_command(int argc, char** argv);

}  // namespace tillwatch
