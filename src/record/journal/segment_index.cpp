// The index file of a sealed segment: see segment_index.h and docs/formats/journal-index.md.
#include "journal/segment_index.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/bytes.h"
#include "core/check.h"
#include "core/crc32c.h"
#include "journal/atomic_file.h"

namespace tillwatch::journal {

using core::ErrorCode;
using core::Sequence;

namespace {
constexpr std::string_view magic = "TWJIDX1\n";
constexpr std::size_t header_bytes = 128;
constexpr std::size_t page_bytes = 4096;
constexpr std::size_t keys_per_page = 170;  // 24 bytes each, then a count and a checksum
constexpr std::size_t filter_block_bytes = 64;
constexpr std::uint64_t filter_bits_per_key = 12;
constexpr unsigned filter_probes = 7;

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}
std::uint64_t page_count(std::uint64_t keys) {
  return (keys + keys_per_page - 1) / keys_per_page;
}
std::uint64_t block_count(std::uint64_t keys) {
  return (keys * filter_bits_per_key + filter_block_bytes * 8 - 1) / (filter_block_bytes * 8);
}
std::uint64_t meta_bytes(std::uint64_t positions, std::uint64_t keys) {
  const std::uint64_t bare = positions * 16 + page_count(keys) * 8 + block_count(keys) * filter_block_bytes;
  return round_up(header_bytes + bare, page_bytes) - header_bytes;
}

// A blocked Bloom filter: all bits of a key stand in one block of 64 bytes, one cache line.
// Calls `visit(byte, bit)` for each bit of the key; stops where it returns false.
template <class Visit>
bool for_each_bit(Key128 key, std::uint64_t blocks, Visit visit) {
  const std::uint64_t hash = mix(key);
  const std::uint64_t block = hash % blocks;
  std::uint64_t bits = mix({hash, key.high});
  for (unsigned i = 0; i < filter_probes; ++i, bits >>= 9) {
    const std::uint64_t bit = bits & 511;
    if (!visit(block * filter_block_bytes + bit / 8, bit % 8)) return false;
  }
  return true;
}

std::string encode_filter(std::span<const KeyEntry> keys) {
  const std::uint64_t blocks = block_count(keys.size());
  std::string filter(blocks * filter_block_bytes, '\0');
  for (const KeyEntry& entry : keys) {
    for_each_bit(entry.key, blocks, [&filter](std::uint64_t byte, std::uint64_t bit) {
      filter[byte] = static_cast<char>(static_cast<unsigned char>(filter[byte]) | (1u << bit));
      return true;
    });
  }
  return filter;
}

std::uint32_t page_crc(std::string_view page, std::uint64_t number) {
  std::string seed;
  core::ByteWriter(seed).u64(number);
  return core::crc32c(page.substr(0, page_bytes - 4), core::crc32c(seed));
}
}  // namespace

std::string index_name(Sequence first) {
  return fmt::format("{:020}{}", first.value, index_suffix);
}

std::string encode_index(const SegmentSummary& summary, std::span<const Position> positions,
                         std::span<const KeyEntry> keys) {
  std::string meta;
  core::ByteWriter meta_out(meta);
  for (const Position& position : positions) {
    meta_out.u64(position.sequence.value);
    meta_out.u64(position.offset);
  }
  for (std::size_t i = 0; i < keys.size(); i += keys_per_page) meta_out.u64(keys[i].key.high);
  meta_out.raw(encode_filter(keys));
  meta.resize(meta_bytes(positions.size(), keys.size()));

  std::string bytes;
  core::ByteWriter out(bytes);
  out.raw(magic);
  out.u32(index_format_version);
  out.u32(summary.header.semantics_version);
  out.u64(summary.header.number);
  out.u64(summary.header.first_sequence.value);
  out.u64(summary.header.segment_bytes);
  out.u64(summary.last.value);
  out.u64(summary.end_offset);
  out.i64(summary.admitted_min);
  out.i64(summary.admitted_max);
  out.u64(positions.size());
  out.u64(keys.size());
  out.u32(core::crc32c(meta));
  bytes.resize(header_bytes - 4);
  out.u32(core::crc32c(bytes));
  out.raw(meta);

  for (std::size_t i = 0; i < keys.size(); i += keys_per_page) {
    const std::span<const KeyEntry> part = keys.subspan(i, std::min(keys_per_page, keys.size() - i));
    std::string page;
    core::ByteWriter page_out(page);
    for (const KeyEntry& entry : part) {
      page_out.u64(entry.key.high);
      page_out.u64(entry.key.low);
      page_out.u64(entry.sequence.value);
    }
    page.resize(page_bytes - 8);
    page_out.u32(static_cast<std::uint32_t>(part.size()));
    page_out.u32(page_crc(page, i / keys_per_page));
    out.raw(page);
  }
  return bytes;
}

core::Status write_index(ports::Disk& disk, const std::string& directory, Sequence first,
                         std::string_view bytes) {
  TRY(file, AtomicFile::create(disk, directory, index_name(first)));
  constexpr std::size_t piece_bytes = 1024 * 1024;
  for (std::size_t at = 0; at < bytes.size(); at += piece_bytes)
    TRY_STATUS(file->append(bytes.substr(at, piece_bytes)));
  return file->commit();
}

core::Result<std::unique_ptr<SegmentIndex>> SegmentIndex::load(ports::Disk& disk,
                                                               const std::string& directory,
                                                               const SegmentHeader& header, bool with_keys) {
  const std::string path = join_path(directory, index_name(header.first_sequence));
  TRY(file, disk.open(path, ports::OpenMode::read));
  TRY(size, file->size());
  std::string head;
  TRY_STATUS(file->read_at(0, header_bytes, head));
  const auto corrupt = [&path](std::string_view what) {
    return core::fail(ErrorCode::corrupt, path,
                      fmt::format("the index {}; it can be rebuilt from its segment.", what));
  };
  if (head.size() < header_bytes || !head.starts_with(magic))
    return corrupt("does not begin with an index header");
  core::ByteReader in(head);
  in.raw(magic.size());
  const std::uint32_t version = in.u32();
  std::unique_ptr<SegmentIndex> index(new SegmentIndex());
  SegmentSummary& summary = index->summary_;
  summary.header.semantics_version = in.u32();
  summary.header.number = in.u64();
  summary.header.first_sequence = Sequence(in.u64());
  summary.header.segment_bytes = in.u64();
  summary.last = Sequence(in.u64());
  summary.end_offset = in.u64();
  summary.admitted_min = in.i64();
  summary.admitted_max = in.i64();
  index->position_count_ = in.u64();
  index->key_count_ = in.u64();
  const std::uint32_t meta_crc = in.u32();
  in.raw(header_bytes - 4 - in.position());
  if (in.u32() != core::crc32c(std::string_view(head).substr(0, header_bytes - 4)))
    return corrupt("fails its checksum");
  if (version != index_format_version) return corrupt("has another format version");
  if (summary.header != header) return corrupt("belongs to another segment");
  // Bounds before sums: the file is at least as long as either part.
  if (index->position_count_ > size / 16 || index->key_count_ > size / 24)
    return corrupt("states impossible counts");
  const std::uint64_t meta_length = meta_bytes(index->position_count_, index->key_count_);
  index->pages_offset_ = header_bytes + meta_length;
  if (size != index->pages_offset_ + page_count(index->key_count_) * page_bytes)
    return corrupt("has the wrong size");
  std::string meta;
  TRY_STATUS(file->read_at(header_bytes, static_cast<std::size_t>(meta_length), meta));
  if (meta.size() != meta_length || core::crc32c(meta) != meta_crc)
    return corrupt("fails the checksum of its first part");
  TRY_STATUS(index->parse_meta(meta, path));
  index->path_ = path;
  if (with_keys) {
    index->file_ = std::move(file);
  } else {
    index->fences_ = {};
    index->filter_ = {};
  }
  return index;
}

core::Status SegmentIndex::parse_meta(std::string_view meta, std::string_view path) {
  core::ByteReader in(meta);
  std::vector<Position> positions;
  bool ordered = true;
  Position previous{summary_.header.first_sequence, segment_header_bytes};
  for (std::uint64_t i = 0; i < position_count_; ++i) {
    const Sequence sequence(in.u64());
    const std::uint64_t offset = in.u64();
    ordered = ordered && sequence >= previous.sequence && offset >= previous.offset &&
              offset % batch_align_bytes == 0;
    previous = {sequence, offset};
    positions.push_back(previous);
  }
  if (!ordered || previous.sequence.value > summary_.last.value + 1 ||
      previous.offset > summary_.end_offset) {
    return core::fail(ErrorCode::corrupt, std::string(path), "the positions of the index are out of order.");
  }
  positions_ = Positions(std::move(positions));
  for (std::uint64_t i = 0; i < page_count(key_count_); ++i) fences_.push_back(in.u64());
  filter_blocks_ = block_count(key_count_);
  filter_ = in.raw(filter_blocks_ * filter_block_bytes);
  CHECK(in.ok());
  return {};
}

core::Result<std::vector<KeyEntry>> SegmentIndex::read_page(std::uint64_t number) const {
  std::string page;
  TRY_STATUS(file_->read_at(pages_offset_ + number * page_bytes, page_bytes, page));
  const auto corrupt = [&] {
    return core::fail(ErrorCode::corrupt, fmt::format("{}:{}", path_, pages_offset_ + number * page_bytes),
                      "a page of keys fails its checksum; the index can be rebuilt from its segment.");
  };
  if (page.size() != page_bytes) return corrupt();
  core::ByteReader tail(std::string_view(page).substr(page_bytes - 8));
  const std::uint32_t count = tail.u32();
  if (tail.u32() != page_crc(page, number) || count == 0 || count > keys_per_page) return corrupt();
  core::ByteReader in(page);
  std::vector<KeyEntry> keys(count);
  for (KeyEntry& entry : keys) {
    entry.key.high = in.u64();
    entry.key.low = in.u64();
    entry.sequence = Sequence(in.u64());
  }
  return keys;
}

core::Result<std::optional<Sequence>> SegmentIndex::find(Key128 key) const {
  CHECK(has_keys());
  if (key.is_none() || filter_blocks_ == 0) return std::nullopt;
  const bool maybe = for_each_bit(key, filter_blocks_, [this](std::uint64_t byte, std::uint64_t bit) {
    return ((static_cast<unsigned char>(filter_[byte]) >> bit) & 1) != 0;
  });
  if (!maybe) return std::nullopt;
  // Keys with the same high half may stand in several pages: from the last that may hold the key back to the
  // first.
  auto page = static_cast<std::uint64_t>(std::upper_bound(fences_.begin(), fences_.end(), key.high) -
                                         fences_.begin());
  while (page > 0) {
    --page;
    TRY(keys, read_page(page));
    const auto found = std::lower_bound(keys.begin(), keys.end(), key,
                                        [](const KeyEntry& e, Key128 k) { return e.key < k; });
    if (found != keys.end() && found->key == key) return found->sequence;
    if (fences_[page] < key.high) break;
  }
  return std::nullopt;
}

}  // namespace tillwatch::journal
