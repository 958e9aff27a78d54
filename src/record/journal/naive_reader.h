// Reads a journal folder the slow and obvious way: whole files, byte by byte, no index, no shared code with
// the journal. Called by tests as the oracle. It states what the format document says, a second time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "journal/record.h"
#include "ports/disk.h"

namespace tillwatch::journal {

struct NaiveSegment {
  std::uint32_t semantics_version = 0;
  std::uint64_t number = 0;
  std::uint64_t first_sequence = 0;
  std::uint64_t segment_bytes = 0;
  std::vector<OwnedRecord> records;
  std::uint64_t end_offset = 0;     // behind the last intact batch
  std::uint64_t remains_bytes = 0;  // bytes behind it up to the last that is not zero
};

// The intact batches from the front of one segment file. corrupt where the header is not one.
core::Result<NaiveSegment> read_naively(std::string_view file);

// All records of the folder, in order. corrupt where a segment but the last does not reach up to the next.
core::Result<std::vector<OwnedRecord>> read_naively(ports::Disk& disk, const std::string& directory);

}  // namespace tillwatch::journal
