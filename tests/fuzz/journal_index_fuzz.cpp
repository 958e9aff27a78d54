// Any bytes as an index file: loading gives a clean error or an index that answers every question without
// reading past its file. Checksums are mended where the first byte of the input says so.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/check.h"
#include "core/crc32c.h"
#include "journal/segment_index.h"
#include "sim/sim_disk.h"

namespace {
using namespace tillwatch;

constexpr std::size_t header_bytes = 128;
constexpr std::size_t page_bytes = 4096;

void put_u32(std::string& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>((value >> (8 * i)) & 0xff);
}

// `pages_at`: where the pages of keys begin, in whole pages.
void mend(std::string& file, std::size_t pages_at) {
  if (file.size() < header_bytes) return;
  const std::size_t meta_end = std::min(file.size(), pages_at * page_bytes);
  if (meta_end > header_bytes) {
    put_u32(file, 88, core::crc32c(std::string_view(file).substr(header_bytes, meta_end - header_bytes)));
  }
  put_u32(file, header_bytes - 4, core::crc32c(std::string_view(file).substr(0, header_bytes - 4)));
  for (std::size_t at = meta_end; at + page_bytes <= file.size(); at += page_bytes) {
    std::string number;
    core::ByteWriter(number).u64((at - meta_end) / page_bytes);
    const std::string_view page = std::string_view(file).substr(at, page_bytes - 4);
    put_u32(file, at + page_bytes - 4, core::crc32c(page, core::crc32c(number)));
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string input(static_cast<const char*>(static_cast<const void*>(data)), size);
  if (input.empty()) return 0;
  const unsigned char mode = static_cast<unsigned char>(input[0]);
  std::string file = input.substr(1);
  if ((mode & 1) != 0) mend(file, 1 + mode / 2 % 4);

  // Of the segment that the index claims to be of, where it says so at all.
  journal::SegmentHeader header;
  core::ByteReader in(file);
  in.raw(12);
  header.semantics_version = in.u32();
  header.number = in.u64();
  header.first_sequence = core::Sequence(in.u64());
  header.segment_bytes = in.u64();
  if (!in.ok()) header = {};

  sim::SimDisk disk;
  disk.overwrite("journal/" + journal::index_name(header.first_sequence), file);
  for (const bool with_keys : {false, true}) {
    const auto index = journal::SegmentIndex::load(disk, "journal", header, with_keys);
    if (!index) {
      CHECK(index.error().code == core::ErrorCode::corrupt);
      continue;
    }
    const journal::Position start{header.first_sequence, journal::segment_header_bytes};
    for (const std::uint64_t sequence : {std::uint64_t{0}, header.first_sequence.value, ~std::uint64_t{0}}) {
      CHECK((*index)->positions().before(core::Sequence(sequence), start).offset <=
                (*index)->summary().end_offset ||
            (*index)->positions().all().empty());
    }
    if (!with_keys) continue;
    for (std::uint64_t key = 0; key < 8; ++key) {
      const auto found = (*index)->find({key * 0x2000000000000000ull, key});
      CHECK(found || found.error().code == core::ErrorCode::corrupt);
    }
  }
  return 0;
}
