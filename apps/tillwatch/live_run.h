// `simulate --live`: sends a world's stream to a running server, prints the decisions that fired with their
// reasons in words, and counts them against the truth. Called by simulate_command.cpp only. Speaks nothing
// but the published interface: what it shows, the server has answered.
#pragma once

#include <cstdint>
#include <string>

#include "core/error.h"
#include "simulator/world.h"
#include "simulator/writer.h"

namespace tillwatch {

struct LiveOptions {
  std::string url;
  std::string api_key_file;
  int rate = 0;  // events a second; 0: as fast as the server answers
  bool once = false;
  std::string language = "en";
  // Of a world file (world_live.h):
  int outstanding = 64;      // requests without an answer
  int jitter_percent = 100;  // of the gaps between arrivals: 0 even, 100 as chance has it
  std::uint64_t limit = 0;   // transactions, then the run ends; 0: all
};

// Errors: not_found.
core::Result<std::string> read_api_key(const std::string& path);

// The exit code: 0, or 3 where `once` is set and something planted was not found. Errors: io, unavailable,
// invalid (the server refuses an event: the first problem document is quoted).
core::Result<int> run_live(const simulator::World& world, const simulator::Writer& writer,
                           const LiveOptions& options);

}  // namespace tillwatch
