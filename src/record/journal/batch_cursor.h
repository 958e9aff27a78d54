// Walks the intact batches of one segment file, in order, with read-ahead.
// Called by recovery, Reader, Journal::read and the index builder. Never decides what a bad batch means: it
// only stops there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "journal/positions.h"
#include "journal/segment_format.h"
#include "ports/disk.h"

namespace tillwatch::journal {

struct Batch {
  BatchHeader header;
  std::uint64_t offset = 0;
  std::string_view payload;  // valid until the cursor moves
};

class BatchCursor {
 public:
  // Begins at `start`, which must be the place of a batch or the end of the batches. `file` must outlive the
  // cursor. `read_ahead_bytes`: large for a walk, small for one record.
  BatchCursor(ports::File& file, std::string path, const SegmentHeader& header, Position start,
              std::size_t read_ahead_bytes);

  // The next batch; nullopt where no intact batch stands at the position, which then stays: the call may be
  // repeated after more was written. ErrorCode::corrupt where an intact batch has a sequence that cannot be
  // there.
  core::Result<std::optional<Batch>> next();
  std::uint64_t offset() const { return at_.offset; }
  core::Sequence expected() const { return at_.sequence; }

 private:
  core::Result<std::optional<Batch>> look();
  core::Result<std::string_view> window(std::uint64_t length);

  ports::File& file_;
  std::string path_;
  SegmentHeader header_;
  Position at_;
  std::size_t read_ahead_bytes_;
  std::string buffer_;
  std::uint64_t buffer_offset_ = 0;
};

}  // namespace tillwatch::journal
