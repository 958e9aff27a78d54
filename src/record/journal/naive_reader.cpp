// The oracle: see naive_reader.h. Written from docs/formats/journal.md only.
#include "journal/naive_reader.h"

#include <algorithm>

namespace tillwatch::journal {

using core::ErrorCode;

namespace {
class Bytes {
 public:
  explicit Bytes(std::string_view all) : all_(all) {}
  std::uint64_t number(std::size_t at, std::size_t size) const {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
      value = value * 256 + (at + i < all_.size() ? static_cast<unsigned char>(all_[at + i]) : 0);
    return value;
  }
  std::uint64_t varint(std::size_t& at) const {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      const std::uint64_t octet = number(at++, 1);
      value += (octet % 128) << shift;
      if (octet < 128) break;
    }
    return value;
  }

 private:
  std::string_view all_;
};

// CRC-32C one bit at a time.
std::uint32_t slow_crc(std::string_view data, std::uint32_t crc = 0) {
  crc = ~crc;
  for (const char c : data) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
  }
  return ~crc;
}

std::string eight_bytes(std::uint64_t value) {
  std::string text;
  for (int i = 0; i < 8; ++i) text += static_cast<char>((value >> (8 * i)) % 256);
  return text;
}

std::vector<OwnedRecord> parse_records(std::string_view payload, std::uint64_t sequence,
                                       std::uint64_t count) {
  const Bytes bytes(payload);
  std::vector<OwnedRecord> records;
  std::size_t at = 0;
  std::uint64_t time = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    OwnedRecord record;
    const bool has_key = bytes.number(at++, 1) == 1;
    const std::size_t entry_bytes = bytes.varint(at);
    const std::size_t decision_bytes = bytes.varint(at);
    const std::uint64_t zigzag = bytes.varint(at);
    time += zigzag % 2 == 0 ? zigzag / 2 : ~(zigzag / 2);
    record.admitted_at = static_cast<core::TimeMs>(time);
    record.sequence = core::Sequence(sequence + i);
    if (has_key) {
      record.key = {bytes.number(at, 8), bytes.number(at + 8, 8)};
      at += 16;
    }
    record.entry = payload.substr(at, entry_bytes);
    record.decision = payload.substr(at + entry_bytes, decision_bytes);
    at += entry_bytes + decision_bytes;
    records.push_back(record);
  }
  return records;
}
}  // namespace

core::Result<NaiveSegment> read_naively(std::string_view file) {
  const Bytes bytes(file);
  NaiveSegment segment;
  if (file.size() < 4096 || file.substr(0, 8) != "TWJSEG1\n" ||
      bytes.number(60, 4) != slow_crc(file.substr(0, 60))) {
    return core::fail(ErrorCode::corrupt, "0", "this is not a segment.");
  }
  segment.semantics_version = static_cast<std::uint32_t>(bytes.number(12, 4));
  segment.number = bytes.number(16, 8);
  segment.first_sequence = bytes.number(24, 8);
  segment.segment_bytes = bytes.number(32, 8);
  std::uint64_t expected = segment.first_sequence;
  std::size_t at = 4096;
  while (at + 40 <= file.size()) {
    const std::uint64_t payload_bytes = bytes.number(at + 8, 4);
    const std::uint64_t total = (40 + payload_bytes + 4 + 15) / 16 * 16;
    if (bytes.number(at + 36, 4) != 0x31425754 || at + total > file.size()) break;
    const std::uint32_t place = slow_crc(eight_bytes(segment.first_sequence) + eight_bytes(at));
    if (bytes.number(at, 4) != slow_crc(file.substr(at + 4, 36), place)) break;
    if (bytes.number(at + 4, 4) != slow_crc(file.substr(at + 40, total - 40))) break;
    const std::uint64_t count = bytes.number(at + 12, 4);
    if (bytes.number(at + 16, 8) != expected) break;
    for (OwnedRecord& record : parse_records(file.substr(at + 40, payload_bytes), expected, count)) {
      segment.records.push_back(std::move(record));
    }
    expected += count;
    at += total;
  }
  segment.end_offset = at;
  const std::size_t last = file.find_last_not_of('\0');
  segment.remains_bytes = last != std::string_view::npos && last >= at ? last + 1 - at : 0;
  return segment;
}

core::Result<std::vector<OwnedRecord>> read_naively(ports::Disk& disk, const std::string& directory) {
  TRY(names, disk.list(directory));
  std::vector<OwnedRecord> all;
  std::uint64_t expected = 0;
  for (const std::string& name : names) {
    if (!name.ends_with(".segment")) continue;
    std::string path = directory;
    path += "/" + name;
    TRY(file, disk.open(path, ports::OpenMode::read));
    TRY(size, file->size());
    std::string bytes;
    TRY_STATUS(file->read_at(0, static_cast<std::size_t>(size), bytes));
    TRY(segment, read_naively(bytes));
    if (expected != 0 && segment.first_sequence != expected) {
      return core::fail(ErrorCode::corrupt, name, "the segment before does not reach up to this one.");
    }
    expected = segment.first_sequence + segment.records.size();
    all.insert(all.end(), segment.records.begin(), segment.records.end());
  }
  return all;
}

}  // namespace tillwatch::journal
