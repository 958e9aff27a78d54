// Single records of a journal that another thread appends: by sequence, beside the Journal, without it.
// Called by the desk's pages. Remembers where batches stand in the segments that were asked for, so that a
// second question does not walk a segment again. Never writes, never asks what is durable: its caller knows.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/error.h"
#include "core/strong.h"
#include "journal/batch_cursor.h"
#include "journal/positions.h"
#include "journal/record.h"
#include "journal/segment_format.h"
#include "ports/disk.h"

namespace tillwatch::journal {

class RecordLookup {
 public:
  static constexpr std::size_t segments_kept_max = 64;

  // `disk` must outlive the lookup.
  RecordLookup(ports::Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}

  // `sequence` must be durable. Errors: not_found (retired, or never was), corrupt (names file and offset),
  // io.
  core::Result<OwnedRecord> read(core::Sequence sequence);

 private:
  struct Known {
    SegmentHeader header;
    Positions positions;
    Position reached;  // everything before it has been walked
  };
  core::Result<core::Sequence> segment_of(core::Sequence sequence);
  core::Result<Known*> open(core::Sequence first, ports::File& file, const std::string& path);

  ports::Disk& disk_;
  std::string directory_;
  std::map<std::uint64_t, Known> known_;  // by first sequence
};

}  // namespace tillwatch::journal
