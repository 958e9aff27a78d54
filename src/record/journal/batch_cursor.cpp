// The walk over the batches of a segment: see batch_cursor.h.
#include "journal/batch_cursor.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"

namespace tillwatch::journal {

BatchCursor::BatchCursor(ports::File& file, std::string path, const SegmentHeader& header, Position start,
                         std::size_t read_ahead_bytes)
    : file_(file), path_(std::move(path)), header_(header), at_(start), read_ahead_bytes_(read_ahead_bytes) {
  CHECK(start.offset >= segment_header_bytes && start.offset % batch_align_bytes == 0);
}

core::Result<std::string_view> BatchCursor::window(std::uint64_t length) {
  const bool inside = at_.offset >= buffer_offset_ && at_.offset + length <= buffer_offset_ + buffer_.size();
  if (!inside) {
    buffer_offset_ = at_.offset;
    const std::uint64_t room = header_.segment_bytes - at_.offset;
    const std::uint64_t wanted = std::min(room, std::max<std::uint64_t>(length, read_ahead_bytes_));
    TRY_STATUS(file_.read_at(at_.offset, static_cast<std::size_t>(wanted), buffer_));
  }
  const std::uint64_t skip = at_.offset - buffer_offset_;
  return std::string_view(buffer_).substr(
      static_cast<std::size_t>(std::min<std::uint64_t>(skip, buffer_.size())),
      static_cast<std::size_t>(length));
}

core::Result<std::optional<Batch>> BatchCursor::look() {
  if (at_.offset + batch_header_bytes > header_.segment_bytes) return std::nullopt;
  TRY(head, window(batch_header_bytes));
  if (head.size() < batch_header_bytes) return std::nullopt;
  const std::optional<BatchHeader> header = decode_batch_header({header_.first_sequence, at_.offset}, head);
  if (!header || at_.offset + header->total_bytes() > header_.segment_bytes) return std::nullopt;
  TRY(bytes, window(header->total_bytes()));
  if (bytes.size() < header->total_bytes() || !is_batch_intact(*header, bytes)) return std::nullopt;
  return Batch{*header, at_.offset, bytes.substr(batch_header_bytes, header->payload_bytes)};
}

core::Result<std::optional<Batch>> BatchCursor::next() {
  TRY(first_look, look());
  std::optional<Batch> batch = first_look;
  if (!batch) {
    // The buffer may be older than the file.
    buffer_.clear();
    TRY(second_look, look());
    batch = second_look;
  }
  if (!batch) {
    buffer_.clear();
    return std::nullopt;
  }
  if (batch->header.first_sequence != at_.sequence) {
    return core::fail(
        core::ErrorCode::corrupt, fmt::format("{}:{}", path_, at_.offset),
        fmt::format(
            "an intact batch begins with sequence {} where {} must follow; restore the file from a copy.",
            batch->header.first_sequence.value, at_.sequence.value));
  }
  at_.sequence = core::Sequence(batch->header.last_sequence().value + 1);
  at_.offset += batch->header.total_bytes();
  return batch;
}

}  // namespace tillwatch::journal
