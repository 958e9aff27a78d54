// Snapshots of the engine's state: see snapshot_store.h and docs/formats/snapshot.md.
#include "journal/snapshot_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/bytes.h"
#include "core/check.h"
#include "core/crc32c.h"
#include "core/limits.h"
#include "journal/segment_format.h"

namespace tillwatch::journal {

using core::ErrorCode;
using core::Sequence;

namespace {
constexpr std::string_view magic = "TWSNAP1\n";
constexpr std::string_view suffix = ".snapshot";
constexpr std::uint32_t format_version = 1;
constexpr std::size_t header_bytes = 64;
constexpr std::size_t chunk_header_bytes = 32;
constexpr std::uint32_t chunk_magic = 0x31435754;  // "TWC1"
constexpr std::uint32_t kind_page = 1;
constexpr std::uint32_t kind_roots = 2;
constexpr std::uint32_t kind_end = 3;
constexpr std::size_t kept_snapshots = 2;
constexpr std::uint64_t sync_every_bytes = 4ull * 1024 * 1024;

std::string encode_header(const SnapshotHeader& header) {
  std::string bytes;
  core::ByteWriter out(bytes);
  out.raw(magic);
  out.u32(format_version);
  out.u32(header.layout_version);
  out.u64(header.position.value);
  bytes.resize(header_bytes - 4);
  out.u32(core::crc32c(bytes));
  return bytes;
}

// The checksum of a chunk's header covers its snapshot and its number: no chunk can be lost, moved or come
// from elsewhere.
std::uint32_t chunk_header_crc(Sequence position, std::uint64_t number, std::string_view fields) {
  std::string place;
  core::ByteWriter out(place);
  out.u64(position.value);
  out.u64(number);
  return core::crc32c(fields, core::crc32c(place));
}

core::Result<std::vector<Sequence>> list_positions(ports::Disk& disk, const std::string& directory) {
  TRY(names, disk.list(directory));
  std::vector<Sequence> positions;
  for (const std::string& name : names) {
    if (const std::optional<Sequence> position = parse_name(name, suffix)) positions.push_back(*position);
  }
  return positions;
}
}  // namespace

std::string snapshot_name(Sequence position) {
  return fmt::format("{:020}{}", position.value, suffix);
}

core::Status SnapshotWriter::begin() {
  TRY(file, AtomicFile::create(disk_, directory_, snapshot_name(header_.position)));
  file_ = std::move(file);
  return write(encode_header(header_));
}

core::Status SnapshotWriter::write(std::string_view bytes) {
  TRY_STATUS(file_->append(bytes));
  if (file_->size() - synced_bytes_ < sync_every_bytes) return {};
  synced_bytes_ = file_->size();
  return file_->sync();
}

core::Status SnapshotWriter::chunk(std::uint32_t kind, std::uint64_t id, std::string_view bytes) {
  if (bytes.size() > core::limits::snapshot_chunk_bytes_max) {
    return core::fail(ErrorCode::limit, file_->path(),
                      fmt::format("a chunk of {} bytes passes the bound of {}.", bytes.size(),
                                  core::limits::snapshot_chunk_bytes_max));
  }
  buffer_.clear();
  core::ByteWriter out(buffer_);
  out.u32(chunk_magic);
  out.u32(kind);
  out.u64(id);
  out.u64(bytes.size());
  out.u32(core::crc32c(bytes));
  out.u32(chunk_header_crc(header_.position, chunks_, buffer_));
  out.raw(bytes);
  ++chunks_;
  return write(buffer_);
}

core::Status SnapshotWriter::page(std::uint64_t id, std::string_view bytes) {
  return chunk(kind_page, id, bytes);
}

core::Status SnapshotWriter::roots(std::string_view bytes) {
  CHECK(!has_roots_);
  has_roots_ = true;
  return chunk(kind_roots, 0, bytes);
}

core::Status SnapshotWriter::commit() {
  CHECK(has_roots_);
  TRY_STATUS(chunk(kind_end, chunks_, {}));
  TRY_STATUS(file_->commit());
  TRY(positions, list_positions(disk_, directory_));
  for (std::size_t i = 0; i + kept_snapshots < positions.size(); ++i) {
    TRY_STATUS(disk_.remove(join_path(directory_, snapshot_name(positions[i]))));
  }
  return {};
}

core::Result<std::unique_ptr<SnapshotStore>> SnapshotStore::open(ports::Disk& disk, std::string directory) {
  TRY_STATUS(make_durable_directory(disk, directory));
  TRY_STATUS(remove_temporaries(disk, directory));
  // A name that a killed process left visible must be durable before segments are retired because of it.
  TRY_STATUS(disk.sync_directory(directory));
  return std::unique_ptr<SnapshotStore>(new SnapshotStore(disk, std::move(directory)));
}

core::Result<std::unique_ptr<SnapshotWriter>> SnapshotStore::begin(const SnapshotHeader& header) {
  CHECK(header.position.value > 0);
  std::unique_ptr<SnapshotWriter> writer(new SnapshotWriter(disk_, directory_, header));
  TRY_STATUS(writer->begin());
  return writer;
}

core::Result<std::vector<Sequence>> SnapshotStore::positions() {
  return list_positions(disk_, directory_);
}

core::Status SnapshotStore::load_one(Sequence position, SnapshotSink& sink, SnapshotHeader& header) {
  const std::string path = join_path(directory_, snapshot_name(position));
  TRY(file, disk_.open(path, ports::OpenMode::read));
  return read_snapshot(*file, path, position, sink, header);
}

core::Result<SnapshotLoad> SnapshotStore::load_newest(SnapshotSink& sink, Sequence journal_last) {
  TRY(positions, list_positions(disk_, directory_));
  if (!positions.empty() && positions.back() > journal_last) {
    return core::fail(ErrorCode::conflict, join_path(directory_, snapshot_name(positions.back())),
                      fmt::format("the snapshot is at {}, the journal ends at {}: an older journal was put "
                                  "back; restore both together.",
                                  positions.back().value, journal_last.value));
  }
  SnapshotLoad load;
  for (std::size_t i = positions.size(); i-- > 0;) {
    SnapshotHeader header;
    const core::Status status = load_one(positions[i], sink, header);
    if (status) {
      load.header = header;
      return load;
    }
    const ErrorCode code = status.error().code;
    if (code != ErrorCode::corrupt && code != ErrorCode::unsupported)
      return std::unexpected<core::Error>(status.error());
    load.passed_over.push_back(status.error());
  }
  return load;
}

namespace {
core::Status read_header(ports::File& file, std::string_view path, Sequence position,
                         SnapshotHeader& header) {
  std::string bytes;
  TRY_STATUS(file.read_at(0, header_bytes, bytes));
  const auto corrupt = [path](std::string_view what) {
    return core::fail(ErrorCode::corrupt, fmt::format("{}:0", path),
                      fmt::format("the snapshot's header {}.", what));
  };
  if (bytes.size() < header_bytes) return corrupt("is cut short");
  core::ByteReader in(bytes);
  if (in.raw(magic.size()) != magic) return corrupt("does not begin with the magic bytes");
  const std::uint32_t version = in.u32();
  header.layout_version = in.u32();
  header.position = Sequence(in.u64());
  in.raw(header_bytes - 4 - in.position());
  if (in.u32() != core::crc32c(std::string_view(bytes).substr(0, header_bytes - 4)))
    return corrupt("fails its checksum");
  if (version != format_version) {
    return core::fail(
        ErrorCode::unsupported, std::string(path),
        fmt::format("the snapshot has format version {}, this program reads {}.", version, format_version));
  }
  if (header.position != position) return corrupt("tells another position than its name");
  return {};
}
}  // namespace

core::Status read_snapshot(ports::File& file, std::string_view path, Sequence position, SnapshotSink& sink,
                           SnapshotHeader& header) {
  TRY_STATUS(read_header(file, path, position, header));
  TRY(file_size, file.size());
  TRY_STATUS(sink.begin(header));
  std::uint64_t at = header_bytes;
  bool has_roots = false;
  std::string bytes;
  for (std::uint64_t number = 0;; ++number) {
    const auto corrupt = [path, at](std::string_view what) {
      return core::fail(ErrorCode::corrupt, fmt::format("{}:{}", path, at),
                        fmt::format("a chunk of the snapshot {}.", what));
    };
    TRY_STATUS(file.read_at(at, chunk_header_bytes, bytes));
    if (bytes.size() < chunk_header_bytes) return corrupt("is missing");
    core::ByteReader in(bytes);
    const std::uint32_t found_magic = in.u32();
    const std::uint32_t kind = in.u32();
    const std::uint64_t id = in.u64();
    const std::uint64_t length = in.u64();
    const std::uint32_t payload_crc = in.u32();
    if (in.u32() !=
            chunk_header_crc(position, number, std::string_view(bytes).substr(0, chunk_header_bytes - 4)) ||
        found_magic != chunk_magic) {
      return corrupt("fails the checksum of its header");
    }
    at += chunk_header_bytes;
    if (kind == kind_end) {
      if (id != number || length != 0 || at != file_size || !has_roots)
        return corrupt("ends it where it cannot end");
      return {};
    }
    if (length > core::limits::snapshot_chunk_bytes_max || length > file_size - at)
      return corrupt("is longer than it can be");
    TRY_STATUS(file.read_at(at, static_cast<std::size_t>(length), bytes));
    if (bytes.size() != length || core::crc32c(bytes) != payload_crc) return corrupt("fails its checksum");
    at += length;
    if (kind == kind_page) {
      TRY_STATUS(sink.page(id, bytes));
    } else if (kind == kind_roots && !has_roots) {
      has_roots = true;
      TRY_STATUS(sink.roots(bytes));
    } else {
      return corrupt("has a kind that cannot be");
    }
  }
}

}  // namespace tillwatch::journal
