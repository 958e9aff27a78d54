// The catalogue of sealed segments: see sealed_segments.h.
#include "journal/sealed_segments.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "journal/atomic_file.h"

namespace tillwatch::journal {

using core::ErrorCode;
using core::Sequence;

SealedSegments::SealedSegments(ports::Disk& disk, std::string directory, std::size_t key_segments)
    : disk_(disk), directory_(std::move(directory)), key_segments_(key_segments) {}

core::Status SealedSegments::rebuild(const SegmentHeader& header, Sequence next) {
  const std::string path = join_path(directory_, segment_name(header.first_sequence));
  TRY(file, disk_.open(path, ports::OpenMode::read));
  LiveSegment segment(std::move(file), path, header);
  TRY_STATUS(segment.scan());
  if (segment.end().sequence != next) {
    return core::fail(
        ErrorCode::corrupt, fmt::format("{}:{}", path, segment.end().offset),
        fmt::format(
            "no intact batch stands here, but sequence {} must follow: the next segment begins with {}; "
            "restore the file from a copy.",
            segment.end().sequence.value, next.value));
  }
  ++rebuilt_;
  const std::string bytes =
      encode_index(segment.summary(), segment.positions().all(), segment.keys().sorted());
  return write_index(disk_, directory_, header.first_sequence, bytes);
}

core::Result<std::unique_ptr<SegmentIndex>> SealedSegments::load_or_rebuild(const SegmentHeader& header,
                                                                            Sequence next, bool with_keys) {
  core::Result<std::unique_ptr<SegmentIndex>> index =
      SegmentIndex::load(disk_, directory_, header, with_keys);
  const bool stale = index && (*index)->summary().last.value + 1 != next.value;
  if (index && !stale) return index;
  if (!index && index.error().code != ErrorCode::not_found && index.error().code != ErrorCode::corrupt)
    return index;
  TRY_STATUS(rebuild(header, next));
  return SegmentIndex::load(disk_, directory_, header, with_keys);
}

void SealedSegments::add(std::unique_ptr<SegmentIndex> index) {
  const SegmentSummary summary = index->summary();
  all_.push_back({summary, std::move(index)});
  if (all_.size() > key_segments_) all_[all_.size() - key_segments_ - 1].index.reset();
}

core::Status SealedSegments::add_existing(const SegmentHeader& header, Sequence next) {
  TRY(index, load_or_rebuild(header, next, true));
  add(std::move(index));
  return {};
}

core::Status SealedSegments::seal(const LiveSegment& full) {
  const std::string bytes = encode_index(full.summary(), full.positions().all(), full.keys().sorted());
  TRY_STATUS(write_index(disk_, directory_, full.header().first_sequence, bytes));
  TRY(index, SegmentIndex::load(disk_, directory_, full.header(), true));
  add(std::move(index));
  return {};
}

core::Status SealedSegments::retire(Sequence keep_from) {
  while (!all_.empty() && all_.front().summary.last < keep_from) {
    const Sequence first = all_.front().summary.header.first_sequence;
    // One segment at a time and oldest first, each made durable: a crash never leaves a gap between two that
    // remain.
    for (const std::string& name : {segment_name(first), index_name(first)}) {
      const core::Status removed = disk_.remove(join_path(directory_, name));
      if (!removed && removed.error().code != ErrorCode::not_found) return removed;
      TRY_STATUS(disk_.sync_directory(directory_));
    }
    all_.pop_front();
  }
  return {};
}

core::Result<SealedSegments::Place> SealedSegments::locate(Sequence sequence) {
  const auto after = std::upper_bound(
      all_.begin(), all_.end(), sequence,
      [](Sequence s, const Sealed& sealed) { return s < sealed.summary.header.first_sequence; });
  CHECK(after != all_.begin());
  const Sealed& sealed = *(after - 1);
  CHECK(sequence <= sealed.summary.last);
  const SegmentHeader& header = sealed.summary.header;
  const Position start{header.first_sequence, segment_header_bytes};
  if (sealed.index) return Place{header, sealed.index->positions().before(sequence, start)};
  TRY(index, load_or_rebuild(header, Sequence(sealed.summary.last.value + 1), false));
  return Place{header, index->positions().before(sequence, start)};
}

core::Result<std::optional<Sequence>> SealedSegments::find_key(Key128 key) {
  for (std::size_t i = all_.size(); i-- > 0 && all_[i].index;) {
    core::Result<std::optional<Sequence>> found = all_[i].index->find(key);
    if (!found && found.error().code == ErrorCode::corrupt) {
      const SegmentSummary summary = all_[i].summary;
      const Sequence next(summary.last.value + 1);
      TRY_STATUS(rebuild(summary.header, next));
      TRY(index, SegmentIndex::load(disk_, directory_, summary.header, true));
      all_[i].index = std::move(index);
      found = all_[i].index->find(key);
    }
    if (!found || *found) return found;
  }
  return std::nullopt;
}

}  // namespace tillwatch::journal
