// What has to be copied for a journal that goes up to a chosen place, while its writer goes on. Called by the
// backup. Only reads; takes no lock; never counts a batch whose bytes are not all there.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/error.h"
#include "journal/record.h"
#include "ports/disk.h"

namespace tillwatch::journal {

struct SegmentCopy {
  std::string name;
  std::uint64_t bytes = 0;  // to copy from the front
  std::uint64_t size = 0;   // of the file, which goes on with zeros
  bool sealed = false;      // its index may be copied with it
};

struct CopyPlan {
  std::vector<SegmentCopy> segments;  // oldest first
  core::Sequence last;                // the newest record in them
};

// Takes in every batch up to the one that holds `certain`, which must be durable; from there on each as long
// as `wanted` says yes to all its records, up to the newest that is whole. Errors: not_found (no journal
// there), conflict (the journal ends before `certain`), unavailable (a segment was retired meanwhile: try
// again), corrupt, io, and what `wanted` gives.
core::Result<CopyPlan> plan_copy(ports::Disk& disk, const std::string& directory, core::Sequence certain,
                                 const std::function<core::Result<bool>(const Record&)>& wanted);

}  // namespace tillwatch::journal
