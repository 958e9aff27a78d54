// Any bytes as a snapshot: reading gives a clean error, or pages and roots, each within its bound. Checksums
// are mended where the first byte of the input says so.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/check.h"
#include "core/crc32c.h"
#include "core/limits.h"
#include "journal/snapshot_store.h"
#include "sim/sim_disk.h"

namespace {
using namespace tillwatch;

constexpr std::size_t header_bytes = 64;
constexpr std::size_t chunk_header_bytes = 32;
constexpr std::uint64_t position = 7;

void put_u32(std::string& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>((value >> (8 * i)) & 0xff);
}

void mend(std::string& file) {
  if (file.size() < header_bytes) return;
  put_u32(file, header_bytes - 4, core::crc32c(std::string_view(file).substr(0, header_bytes - 4)));
  std::size_t at = header_bytes;
  for (std::uint64_t number = 0; at + chunk_header_bytes <= file.size(); ++number) {
    core::ByteReader in(std::string_view(file).substr(at + 16));
    const std::uint64_t length = in.u64();
    if (length > file.size() - at - chunk_header_bytes) return;
    const std::string_view payload =
        std::string_view(file).substr(at + chunk_header_bytes, static_cast<std::size_t>(length));
    put_u32(file, at + 24, core::crc32c(payload));
    std::string place;
    core::ByteWriter out(place);
    out.u64(position);
    out.u64(number);
    put_u32(file, at + 28, core::crc32c(std::string_view(file).substr(at, 28), core::crc32c(place)));
    at += chunk_header_bytes + static_cast<std::size_t>(length);
  }
}

class Bounded : public journal::SnapshotSink {
 public:
  core::Status begin(const journal::SnapshotHeader& header) override {
    CHECK(header.position == core::Sequence(position));
    return {};
  }
  core::Status page(std::uint64_t, std::string_view bytes) override {
    CHECK(bytes.size() <= core::limits::snapshot_chunk_bytes_max);
    return {};
  }
  core::Status roots(std::string_view) override {
    CHECK(!has_roots);
    has_roots = true;
    return {};
  }
  bool has_roots = false;
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string input(static_cast<const char*>(static_cast<const void*>(data)), size);
  if (input.empty()) return 0;
  const bool mended = (static_cast<unsigned char>(input[0]) & 1) != 0;
  std::string bytes = input.substr(1);
  if (mended) mend(bytes);
  sim::SimDisk disk;
  disk.overwrite("snapshot", bytes);
  const auto file = disk.open("snapshot", ports::OpenMode::read);
  CHECK(file);
  Bounded sink;
  journal::SnapshotHeader header;
  const core::Status status =
      journal::read_snapshot(**file, "snapshot", core::Sequence(position), sink, header);
  CHECK(status ? sink.has_roots
               : status.error().code == core::ErrorCode::corrupt ||
                     status.error().code == core::ErrorCode::unsupported);
  return 0;
}
