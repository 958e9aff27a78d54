// format: docs/formats/journal.md. The bytes of a journal segment: its header page, its batches, their
// records. Called by Journal, BatchCursor and the index builder. Never touches a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "journal/record.h"

namespace tillwatch::journal {

inline constexpr std::uint32_t segment_format_version = 1;
inline constexpr std::size_t segment_header_bytes = 4096;  // one page, so that no batch ever rewrites it
inline constexpr std::size_t batch_header_bytes = 40;
inline constexpr std::size_t batch_align_bytes = 16;   // every batch begins at a multiple of this
inline constexpr std::size_t disk_sector_bytes = 512;  // what a disk writes whole or not at all
inline constexpr std::string_view segment_magic = "TWJSEG1\n";
inline constexpr std::uint32_t batch_magic = 0x31425754;  // "TWB1", the last field of a batch header
inline constexpr std::size_t batch_magic_at = batch_header_bytes - 4;
inline constexpr std::uint32_t batch_trailer = 0x2e444e45;  // "END.": a batch never ends in a zero byte
inline constexpr std::string_view segment_suffix = ".segment";

struct SegmentHeader {
  std::uint32_t semantics_version =
      0;                     // what the engine that wrote the decisions calls its rules of the step
  std::uint64_t number = 0;  // 1, 2, 3, ...
  core::Sequence first_sequence;
  std::uint64_t segment_bytes = 0;  // size of the file
  friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

// Exactly segment_header_bytes.
std::string encode_segment_header(const SegmentHeader& header);
// `page`: the first segment_header_bytes of the file `path`. ErrorCode::corrupt, or unsupported for a later
// format version.
core::Result<SegmentHeader> decode_segment_header(std::string_view page, std::string_view path);

// "00000000000000000001.segment": names in byte order are names in order of sequence.
std::string segment_name(core::Sequence first);
// The first sequence that such a name tells, for any suffix; nullopt where the name is none.
std::optional<core::Sequence> parse_name(std::string_view name, std::string_view suffix);

// The place of a batch: part of what its checksum covers, so that a copy of it elsewhere is no batch.
struct BatchPlace {
  core::Sequence segment_first;
  std::uint64_t offset = 0;  // in the file
};

struct BatchHeader {
  std::uint32_t payload_crc = 0;
  std::uint32_t payload_bytes = 0;  // records only
  core::Sequence first_sequence;
  core::Sequence durable;          // everything up to here was durable when this batch was written
  std::uint32_t count = 0;         // records
  std::uint32_t zero_sectors = 0;  // sectors of the complete batch that hold nothing but zeros

  core::Sequence last_sequence() const { return core::Sequence(first_sequence.value + count - 1); }
  // Header, payload, padding and trailer.
  std::uint64_t total_bytes() const;
};

// The bytes one record takes in a batch, at most; a batch adds batch_overhead_bytes.
std::size_t encoded_bytes_max(const Record& record);
inline constexpr std::size_t batch_overhead_bytes = batch_header_bytes + 4 + batch_align_bytes;

// Appends the batch of `records` (not empty, consecutive sequences) to `out`, which must be empty.
void encode_batch(BatchPlace place, core::Sequence durable, std::span<const Record> records,
                  std::string& out);

// nullopt where `bytes` (at least batch_header_bytes) is not an intact batch header at that place.
std::optional<BatchHeader> decode_batch_header(BatchPlace place, std::string_view bytes);
// Whether the payload, padding and trailer of `batch` (total_bytes() long) are what was written.
bool is_batch_intact(const BatchHeader& header, std::string_view batch);

// Sectors of [offset, offset + bytes.size()) in the file, cut at sector borders, that hold only zeros.
std::uint32_t count_zero_sectors(std::uint64_t offset, std::string_view bytes);

// Walks the records of an intact batch.
class RecordDecoder {
 public:
  // `payload` must outlive the decoder and the records it lends.
  RecordDecoder(const BatchHeader& header, std::string_view payload);
  // nullopt at the end, or where the payload does not parse; then ok() is false.
  std::optional<Record> next();
  bool ok() const { return ok_; }

 private:
  std::string_view rest_;
  core::Sequence next_;
  std::uint32_t left_;
  core::TimeMs admitted_at_ = 0;
  bool ok_ = true;
};

}  // namespace tillwatch::journal
