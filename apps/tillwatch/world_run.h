// `tillwatch simulate WORLD.yaml`: tells the world of a file into a folder. Called by simulate_command.cpp.
// The one place where several threads tell a world; the bytes do not depend on how many.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "live_run.h"

namespace tillwatch {

struct WorldOptions {
  std::string file;
  std::string out;  // a folder, made where it is missing
  std::string from;
  std::string to;
  std::string city;
  std::optional<std::uint64_t> seed;  // instead of the file's
  int threads = 2;
  bool files = false;  // also what agents get
  bool describe = false;
  bool discard = false;
  LiveOptions live;  // with an address: told to a server instead of a folder
};

// Returns the exit code: 0 done, 1 failed, 2 wrong usage.
int world_run(const WorldOptions& options);

}  // namespace tillwatch
