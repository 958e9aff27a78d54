// The segment that is being appended: its file, its end, and what its index will hold.
// Called by Journal and recovery. Knows nothing of other segments.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>

#include "core/error.h"
#include "journal/batch_cursor.h"
#include "journal/key_table.h"
#include "journal/positions.h"
#include "journal/segment_format.h"
#include "journal/segment_index.h"
#include "ports/disk.h"

namespace tillwatch::journal {

class LiveSegment {
 public:
  LiveSegment(std::unique_ptr<ports::File> file, std::string path, const SegmentHeader& header);

  // Takes the batches that stand in the file into the indexes, up to the first that is not intact. Used by
  // recovery and by the rebuilding of an index.
  core::Status scan();

  // Whether a batch of so many bytes (whole, encoded) fits behind the last one.
  bool has_room(std::uint64_t batch_bytes) const {
    return end_.offset + batch_bytes <= header_.segment_bytes;
  }
  // Writes one batch; not synced. The caller has seen to it that it fits and continues the sequence.
  core::Status append(core::Sequence durable, std::span<const Record> records);
  core::Status sync() { return file_->sync(); }

  const SegmentHeader& header() const { return header_; }
  const std::string& path() const { return path_; }
  ports::File& file() const { return *file_; }
  // Where the next batch will stand, and its first sequence.
  Position end() const { return end_; }
  core::Sequence last() const { return core::Sequence(end_.sequence.value - 1); }
  bool is_empty() const { return end_.sequence == header_.first_sequence; }
  // The first batch that no later batch states to have been durable; end() where there is none.
  Position unproven() const { return unproven_.empty() ? end_ : unproven_.front(); }
  // The last noted batch that does not begin after `sequence`.
  Position position_before(core::Sequence sequence) const;
  const Positions& positions() const { return positions_; }
  const KeyTable& keys() const { return keys_; }
  SegmentSummary summary() const;

 private:
  void note(const BatchHeader& header, std::uint64_t offset);
  void note(const Record& record);

  std::unique_ptr<ports::File> file_;
  std::string path_;
  SegmentHeader header_;
  Position end_;
  std::deque<Position> unproven_;
  core::TimeMs admitted_min_ = 0;
  core::TimeMs admitted_max_ = 0;
  Positions positions_;
  KeyTable keys_;
  std::string buffer_;
};

}  // namespace tillwatch::journal
