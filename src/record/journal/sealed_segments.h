// The segments that get no more records, oldest first, with their indexes: finds a sequence or a key in them.
// Called by Journal. Rebuilds an index that is missing or damaged; never alters a segment.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "core/error.h"
#include "journal/live_segment.h"
#include "journal/segment_index.h"
#include "ports/disk.h"

namespace tillwatch::journal {

class SealedSegments {
 public:
  // `key_segments`: how many of the newest segments are searched for a key. `disk` must outlive the object.
  SealedSegments(ports::Disk& disk, std::string directory, std::size_t key_segments);

  // Adds the next segment, found on disk at start; `next` is the first sequence of the segment after it.
  // corrupt where the segment does not reach up to `next`.
  core::Status add_existing(const SegmentHeader& header, core::Sequence next);
  // Writes the index of `full` and adds it. After an error nothing is added: try again.
  core::Status seal(const LiveSegment& full);
  // Deletes the oldest segments that hold nothing from `keep_from` on.
  core::Status retire(core::Sequence keep_from);

  bool is_empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  const SegmentSummary& at(std::size_t i) const { return all_[i].summary; }
  std::size_t rebuilt() const { return rebuilt_; }

  // Where to begin to read for `sequence`, which one of the segments must hold.
  struct Place {
    SegmentHeader header;
    Position start;
  };
  core::Result<Place> locate(core::Sequence sequence);
  core::Result<std::optional<core::Sequence>> find_key(Key128 key);

 private:
  struct Sealed {
    SegmentSummary summary;
    std::unique_ptr<SegmentIndex> index;  // null for those past the newest `key_segments`
  };
  core::Result<std::unique_ptr<SegmentIndex>> load_or_rebuild(const SegmentHeader& header,
                                                              core::Sequence next, bool with_keys);
  core::Status rebuild(const SegmentHeader& header, core::Sequence next);
  void add(std::unique_ptr<SegmentIndex> index);

  ports::Disk& disk_;
  std::string directory_;
  std::size_t key_segments_;
  std::deque<Sealed> all_;
  std::size_t rebuilt_ = 0;
};

}  // namespace tillwatch::journal
