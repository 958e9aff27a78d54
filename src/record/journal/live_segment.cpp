// The segment that is being appended: see live_segment.h.
#include "journal/live_segment.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"

namespace tillwatch::journal {

namespace {
constexpr std::size_t scan_ahead_bytes = 1024 * 1024;
// Room for keys taken at once: a record of this size or larger never makes the table grow while deciding.
constexpr std::uint64_t expected_record_bytes = 256;
}  // namespace

LiveSegment::LiveSegment(std::unique_ptr<ports::File> file, std::string path, const SegmentHeader& header)
    : file_(std::move(file)),
      path_(std::move(path)),
      header_(header),
      end_{header.first_sequence, segment_header_bytes},
      keys_(static_cast<std::size_t>(header.segment_bytes / expected_record_bytes)) {}

core::Status LiveSegment::scan() {
  BatchCursor cursor(*file_, path_, header_, end_, scan_ahead_bytes);
  for (;;) {
    TRY(batch, cursor.next());
    if (!batch) return {};
    RecordDecoder records(batch->header, batch->payload);
    while (const std::optional<Record> record = records.next()) note(*record);
    if (!records.ok()) {
      return core::fail(
          core::ErrorCode::corrupt, fmt::format("{}:{}", path_, batch->offset),
          "the batch passes its checksum but does not parse; it was written by a faulty program.");
    }
    note(batch->header, batch->offset);
  }
}

void LiveSegment::note(const BatchHeader& header, std::uint64_t offset) {
  positions_.note({header.first_sequence, offset});
  // A batch is durable as a whole: what is durable ends where a batch ends.
  while (!unproven_.empty() && unproven_.front().sequence <= header.durable) unproven_.pop_front();
  unproven_.push_back({header.first_sequence, offset});
  end_ = {core::Sequence(header.last_sequence().value + 1), offset + header.total_bytes()};
}

void LiveSegment::note(const Record& record) {
  if (!record.key.is_none()) keys_.put(record.key, record.sequence);
  if (record.sequence == header_.first_sequence) admitted_min_ = admitted_max_ = record.admitted_at;
  admitted_min_ = std::min(admitted_min_, record.admitted_at);
  admitted_max_ = std::max(admitted_max_, record.admitted_at);
}

core::Status LiveSegment::append(core::Sequence durable, std::span<const Record> records) {
  buffer_.clear();
  const BatchPlace place{header_.first_sequence, end_.offset};
  encode_batch(place, durable, records, buffer_);
  CHECK(has_room(buffer_.size()));
  TRY_STATUS(file_->write_at(end_.offset, buffer_));
  for (const Record& record : records) note(record);
  const std::optional<BatchHeader> header = decode_batch_header(place, buffer_);
  CHECK(header && header->first_sequence == end_.sequence);
  note(*header, end_.offset);
  return {};
}

Position LiveSegment::position_before(core::Sequence sequence) const {
  return positions_.before(sequence, {header_.first_sequence, segment_header_bytes});
}

SegmentSummary LiveSegment::summary() const {
  return {header_, last(), end_.offset, admitted_min_, admitted_max_};
}

}  // namespace tillwatch::journal
