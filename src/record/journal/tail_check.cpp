// The judgement of a segment's tail: see tail_check.h and docs/formats/journal.md.
#include "journal/tail_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "core/limits.h"

namespace tillwatch::journal {

using core::ErrorCode;

namespace {
constexpr std::uint64_t chunk_bytes = 1024 * 1024;

bool all_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

std::unexpected<core::Error> damaged(std::string_view path, std::uint64_t offset, std::string_view why) {
  return core::fail(
      ErrorCode::corrupt, fmt::format("{}:{}", path, offset),
      fmt::format("the batch is damaged ({}); keep the file as it is and restore it from a copy.", why));
}

// A write that was cut short left some sectors, or all bytes from some point on, as they were: zero. Can
// `head`, which is no intact header, be a part of one? A whole header has no part between sector borders that
// is zero and ends in magic.
bool is_partial_header(std::uint64_t offset, std::string_view head) {
  return count_zero_sectors(offset, head) > 0 || head.back() == '\0';
}

core::Status judge_batch(ports::File& file, std::string_view path, const SegmentHeader& segment,
                         Position end) {
  std::string bytes;
  TRY_STATUS(file.read_at(end.offset, batch_header_bytes, bytes));
  if (bytes.size() < batch_header_bytes || all_zero(bytes)) return {};
  const std::optional<BatchHeader> header = decode_batch_header({segment.first_sequence, end.offset}, bytes);
  if (!header) {
    if (is_partial_header(end.offset, bytes)) return {};
    return damaged(path, end.offset, "its header fails its checksum though all of it was written");
  }
  const std::uint64_t total = header->total_bytes();
  if (end.offset + total > segment.segment_bytes)
    return damaged(path, end.offset, "it is longer than its segment");
  TRY_STATUS(file.read_at(end.offset, static_cast<std::size_t>(total), bytes));
  if (bytes.size() < total) return damaged(path, end.offset, "the file ends inside it");
  const bool sectors_missing = count_zero_sectors(end.offset, bytes) > header->zero_sectors;
  if (sectors_missing || bytes.back() == '\0') return {};  // a whole batch ends in the trailer
  return damaged(path, end.offset, "it fails its checksum though all of its sectors were written");
}
}  // namespace

core::Result<Tail> judge_tail(ports::File& file, std::string_view path, const SegmentHeader& header,
                              Position end) {
  TRY_STATUS(judge_batch(file, path, header, end));
  Tail tail;
  std::string chunk;
  // Chunks overlap by one header less its alignment, so that each place is seen with a whole header behind
  // it.
  constexpr std::uint64_t step = chunk_bytes - 48;
  for (std::uint64_t at = end.offset; at < header.segment_bytes; at += step) {
    const std::uint64_t length = std::min(chunk_bytes, header.segment_bytes - at);
    TRY_STATUS(file.read_at(at, static_cast<std::size_t>(length), chunk));
    const std::size_t last = chunk.find_last_not_of('\0');
    if (last == std::string::npos) continue;
    tail.remains_end = at + last + 1;
    for (std::size_t i = 0; i + batch_header_bytes <= chunk.size(); i += batch_align_bytes) {
      if (static_cast<unsigned char>(chunk[i + batch_magic_at]) != (batch_magic & 0xff)) continue;
      const auto later =
          decode_batch_header({header.first_sequence, at + i}, std::string_view(chunk).substr(i));
      if (later && later->durable >= end.sequence) {
        return damaged(path, end.offset, fmt::format("a later one at {} proves that it was durable", at + i));
      }
    }
  }
  return tail;
}

}  // namespace tillwatch::journal
