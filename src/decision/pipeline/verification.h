// Steps a whole journal again, from its first entry, and compares every decision with the stored one.
// Called by `tillwatch verify`, by the kill test and by the comparison of compilers. Decides nothing new,
// writes no entry.
#pragma once

#include <cstdint>
#include <string>

#include "core/error.h"
#include "core/strong.h"
#include "core/time.h"
#include "crypto/hash.h"
#include "ports/disk.h"

namespace tillwatch::pipeline {

struct Verification {
  std::uint64_t entries = 0;
  std::uint64_t decisions = 0;
  std::uint64_t mismatches = 0;
  core::Sequence first_mismatch;
  crypto::Digest256
      hash{};  // over all recomputed decisions in order, each with its length: equal for equal decisions
};

// `directory`: a data directory that no other process has open. Errors: conflict (it is open), not_found, io,
// corrupt.
core::Result<Verification> verify(ports::Disk& disk, const std::string& directory,
                                  core::DurationMs past_ms_max);

}  // namespace tillwatch::pipeline
