// Judges what follows the last intact batch of the newest segment: nothing, the remains of a write that a
// crash cut short, or damage to something that had been durable. Called by recovery. Only reads: the caller
// removes remains.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "journal/positions.h"
#include "journal/segment_format.h"
#include "ports/disk.h"

namespace tillwatch::journal {

struct Tail {
  std::uint64_t remains_end =
      0;  // one past the last byte that is not zero; not past `end.offset` where there is nothing
};

// `end`: where the intact batches end, and the sequence that would follow. ErrorCode::corrupt names file and
// offset where
// - a later batch says that a batch at `end` was durable, or
// - the batch at `end` is damaged in a way that no interrupted write explains (docs/formats/journal.md, "Torn
// or damaged").
core::Result<Tail> judge_tail(ports::File& file, std::string_view path, const SegmentHeader& header,
                              Position end);

}  // namespace tillwatch::journal
