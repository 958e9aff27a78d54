// The bytes of a journal segment: see segment_format.h and docs/formats/journal.md.
#include "journal/segment_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/bytes.h"
#include "core/check.h"
#include "core/crc32c.h"
#include "core/limits.h"

namespace tillwatch::journal {

using core::ErrorCode;
using core::Sequence;

namespace {
constexpr std::size_t header_used_bytes = 60;  // the checksum stands behind them
constexpr std::uint8_t flag_key = 1;
constexpr std::size_t name_digits = 20;
constexpr std::size_t header_zero_sectors_at = 32;

std::uint64_t batch_bytes(std::uint64_t payload_bytes) {
  const std::uint64_t bare = batch_header_bytes + payload_bytes + 4;
  return (bare + batch_align_bytes - 1) / batch_align_bytes * batch_align_bytes;
}

// The checksum of the header's fields and of the place.
std::uint32_t header_crc(BatchPlace place, std::string_view header) {
  std::string bytes;
  core::ByteWriter out(bytes);
  out.u64(place.segment_first.value);
  out.u64(place.offset);
  return core::crc32c(header.substr(4, batch_header_bytes - 4), core::crc32c(bytes));
}

void encode_record(const Record& record, core::TimeMs& admitted_at, std::string& bytes) {
  core::ByteWriter out(bytes);
  out.u8(record.key.is_none() ? 0 : flag_key);
  out.varint(record.entry.size());
  out.varint(record.decision.size());
  out.signed_varint(static_cast<std::int64_t>(static_cast<std::uint64_t>(record.admitted_at) -
                                              static_cast<std::uint64_t>(admitted_at)));
  admitted_at = record.admitted_at;
  if (!record.key.is_none()) {
    out.u64(record.key.high);
    out.u64(record.key.low);
  }
  out.raw(record.entry);
  out.raw(record.decision);
}

void put_u32(std::string& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>((value >> (8 * i)) & 0xff);
}

bool all_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}
}  // namespace

std::string encode_segment_header(const SegmentHeader& header) {
  std::string page;
  core::ByteWriter out(page);
  out.raw(segment_magic);
  out.u32(segment_format_version);
  out.u32(header.semantics_version);
  out.u64(header.number);
  out.u64(header.first_sequence.value);
  out.u64(header.segment_bytes);
  page.resize(header_used_bytes);
  core::ByteWriter(page).u32(core::crc32c(page));
  page.resize(segment_header_bytes);
  return page;
}

core::Result<SegmentHeader> decode_segment_header(std::string_view page, std::string_view path) {
  const auto corrupt = [path](std::string_view what) {
    return core::fail(ErrorCode::corrupt, fmt::format("{}:0", path),
                      fmt::format("the header of the segment {}; restore the file from a copy.", what));
  };
  if (page.size() < segment_header_bytes) return corrupt("is cut short");
  core::ByteReader in(page);
  if (in.raw(segment_magic.size()) != segment_magic) return corrupt("does not begin with the magic bytes");
  const std::uint32_t version = in.u32();
  SegmentHeader header;
  header.semantics_version = in.u32();
  header.number = in.u64();
  header.first_sequence = Sequence(in.u64());
  header.segment_bytes = in.u64();
  in.raw(header_used_bytes - in.position());
  if (in.u32() != core::crc32c(page.substr(0, header_used_bytes))) return corrupt("fails its checksum");
  if (!all_zero(page.substr(in.position(), segment_header_bytes - in.position()))) {
    return corrupt("is followed by bytes that should be zero");
  }
  if (version != segment_format_version) {
    return core::fail(ErrorCode::unsupported, fmt::format("{}:8", path),
                      fmt::format("the segment has format version {}, this program reads version {}; use the "
                                  "program that wrote it.",
                                  version, segment_format_version));
  }
  if (header.first_sequence.value == 0 || header.segment_bytes < segment_header_bytes)
    return corrupt("states impossible values");
  return header;
}

std::string segment_name(Sequence first) {
  return fmt::format("{:020}{}", first.value, segment_suffix);
}

std::optional<Sequence> parse_name(std::string_view name, std::string_view suffix) {
  if (name.size() != name_digits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = name.data() + name_digits;
  const auto [stop, error] = std::from_chars(name.data(), end, value);
  if (error != std::errc() || stop != end || value == 0) return std::nullopt;
  return Sequence(value);
}

std::uint64_t BatchHeader::total_bytes() const {
  return batch_bytes(payload_bytes);
}

std::size_t encoded_bytes_max(const Record& record) {
  return 1 + 3 * 10 + (record.key.is_none() ? 0 : 16) + record.entry.size() + record.decision.size();
}

void encode_batch(BatchPlace place, Sequence durable, std::span<const Record> records, std::string& out) {
  CHECK(!records.empty() && out.empty());
  out.resize(batch_header_bytes);
  core::TimeMs admitted_at = 0;
  for (const Record& record : records) encode_record(record, admitted_at, out);
  const std::size_t payload_bytes = out.size() - batch_header_bytes;
  out.resize(batch_bytes(payload_bytes) - 4);
  core::ByteWriter(out).u32(batch_trailer);

  std::string head;
  core::ByteWriter writer(head);
  writer.u32(0);  // the checksum of the header, known last
  writer.u32(core::crc32c(std::string_view(out).substr(batch_header_bytes)));
  writer.u32(static_cast<std::uint32_t>(payload_bytes));
  writer.u32(static_cast<std::uint32_t>(records.size()));
  writer.u64(records.front().sequence.value);
  writer.u64(durable.value);
  writer.u32(0);  // zero sectors
  writer.u32(batch_magic);
  out.replace(0, head.size(), head);
  // However a sector border cuts the header, length, first sequence or magic see to it that no part of it is
  // all zeros: the two fields that are still missing cannot change the number of zero sectors.
  put_u32(out, header_zero_sectors_at, count_zero_sectors(place.offset, out));
  put_u32(out, 0, header_crc(place, out));
}

std::optional<BatchHeader> decode_batch_header(BatchPlace place, std::string_view bytes) {
  CHECK(bytes.size() >= batch_header_bytes);
  core::ByteReader in(bytes);
  const std::uint32_t crc = in.u32();
  BatchHeader header;
  header.payload_crc = in.u32();
  header.payload_bytes = in.u32();
  header.count = in.u32();
  header.first_sequence = Sequence(in.u64());
  header.durable = Sequence(in.u64());
  header.zero_sectors = in.u32();
  if (in.u32() != batch_magic || crc != header_crc(place, bytes)) return std::nullopt;
  if (header.count == 0 || header.count > core::limits::journal_batch_records_max) return std::nullopt;
  if (header.first_sequence < place.segment_first || header.durable >= header.first_sequence)
    return std::nullopt;
  if (header.total_bytes() > core::limits::journal_batch_bytes_max) return std::nullopt;
  return header;
}

bool is_batch_intact(const BatchHeader& header, std::string_view batch) {
  CHECK(batch.size() == header.total_bytes());
  return core::crc32c(batch.substr(batch_header_bytes)) == header.payload_crc;
}

std::uint32_t count_zero_sectors(std::uint64_t offset, std::string_view bytes) {
  std::uint32_t count = 0;
  while (!bytes.empty()) {
    const std::size_t part =
        std::min<std::size_t>(bytes.size(), disk_sector_bytes - offset % disk_sector_bytes);
    if (all_zero(bytes.substr(0, part))) ++count;
    bytes.remove_prefix(part);
    offset += part;
  }
  return count;
}

RecordDecoder::RecordDecoder(const BatchHeader& header, std::string_view payload)
    : rest_(payload), next_(header.first_sequence), left_(header.count) {
  ok_ = payload.size() == header.payload_bytes;
}

std::optional<Record> RecordDecoder::next() {
  if (!ok_) return std::nullopt;
  if (left_ == 0) {
    ok_ = rest_.empty();
    return std::nullopt;
  }
  core::ByteReader in(rest_);
  const std::uint8_t flags = in.u8();
  const std::uint64_t entry_bytes = in.varint();
  const std::uint64_t decision_bytes = in.varint();
  admitted_at_ = static_cast<core::TimeMs>(static_cast<std::uint64_t>(admitted_at_) +
                                           static_cast<std::uint64_t>(in.signed_varint()));
  Record record;
  record.sequence = next_;
  record.admitted_at = admitted_at_;
  if ((flags & flag_key) != 0) {
    record.key.high = in.u64();
    record.key.low = in.u64();
  }
  record.entry = in.raw(entry_bytes);
  record.decision = in.raw(decision_bytes);
  ok_ = in.ok() && (flags & ~flag_key) == 0 && (flags == 0) == record.key.is_none() &&
        entry_bytes <= core::limits::entry_bytes_max && decision_bytes <= core::limits::decision_bytes_max;
  if (!ok_) return std::nullopt;
  rest_.remove_prefix(in.position());
  next_ = Sequence(next_.value + 1);
  --left_;
  return record;
}

}  // namespace tillwatch::journal
