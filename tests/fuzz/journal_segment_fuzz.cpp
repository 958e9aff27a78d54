// Any bytes as the only segment of a journal: opening gives a clean error, or a journal that agrees with the
// naive reader, takes a further batch and opens again with the same records. Checksums are mended on request
// of the input (its first byte), because no mutation would find its way past them.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/check.h"
#include "core/crc32c.h"
#include "journal/journal.h"
#include "journal/naive_reader.h"
#include "journal/segment_format.h"
#include "sim/sim_disk.h"

namespace {
using namespace tillwatch;

constexpr std::uint64_t segment_bytes = core::limits::journal_segment_bytes_min;

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>((value >> (8 * i)) & 0xff);
}

std::uint32_t seal(std::string_view bytes, std::uint64_t a, std::uint64_t b) {
  std::string place;
  core::ByteWriter out(place);
  out.u64(a);
  out.u64(b);
  return core::crc32c(bytes, core::crc32c(place));
}

// Walks over whatever looks like batches and makes their checksums right.
void mend_batches(std::string& file, bool payloads) {
  std::size_t at = journal::segment_header_bytes;
  while (at + journal::batch_header_bytes <= file.size()) {
    core::ByteReader in(std::string_view(file).substr(at));
    in.u64();
    journal::BatchHeader header;
    header.payload_bytes = in.u32();
    if (header.payload_bytes == 0 || at + header.total_bytes() > file.size()) return;
    const std::size_t total = static_cast<std::size_t>(header.total_bytes());
    put(file, at + journal::batch_magic_at, journal::batch_magic, 4);
    if (payloads) {
      const std::string_view rest = std::string_view(file).substr(at + journal::batch_header_bytes,
                                                                  total - journal::batch_header_bytes);
      put(file, at + 4, core::crc32c(rest), 4);
    }
    put(file, at, seal(std::string_view(file).substr(at + 4, journal::batch_header_bytes - 4), 1, at), 4);
    at += total;
  }
}

std::vector<journal::OwnedRecord> read_all(journal::Journal& journal) {
  std::vector<journal::OwnedRecord> all;
  auto reader = journal.reader(journal.first_sequence());
  CHECK(reader);
  for (;;) {
    const auto record = reader->next(journal.last_durable());
    CHECK(record);
    if (!*record) return all;
    all.push_back(journal::owned(**record));
    CHECK(journal.read((*record)->sequence) == all.back());
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string input(static_cast<const char*>(static_cast<const void*>(data)), size);
  if (input.empty()) return 0;
  const unsigned char mode = static_cast<unsigned char>(input[0]);
  journal::SegmentHeader header;
  header.semantics_version = 1;
  header.number = 1;
  header.first_sequence = core::Sequence(1);
  header.segment_bytes = segment_bytes;
  std::string file = journal::encode_segment_header(header) + input.substr(1);
  file.resize(segment_bytes);
  if ((mode & 1) != 0) mend_batches(file, (mode & 2) != 0);
  if ((mode & 4) != 0) file.resize(segment_bytes - 512);

  sim::SimDisk disk;
  disk.overwrite("journal/" + journal::segment_name(core::Sequence(1)), file);
  journal::Options options;
  options.segment_bytes = segment_bytes;
  auto journal = journal::Journal::open(disk, "journal", options);
  if (!journal) {
    CHECK(journal.error().code == core::ErrorCode::corrupt);
    return 0;
  }
  std::vector<journal::OwnedRecord> records = read_all(**journal);
  CHECK(journal::read_naively(disk, "journal") == records);
  journal::Record next;
  next.sequence = core::Sequence((*journal)->last_appended().value + 1);
  next.entry = "next";
  CHECK((*journal)->append({&next, 1}) && (*journal)->sync());
  records.push_back(journal::owned(next));
  journal->reset();
  journal = journal::Journal::open(disk, "journal", options);
  CHECK(journal && read_all(**journal) == records);
  return 0;
}
