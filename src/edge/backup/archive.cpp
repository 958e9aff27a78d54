#include "backup/archive.h"

#include "core/bytes.h"
#include "core/check.h"

namespace tillwatch::backup {
namespace {

using core::ErrorCode;
using crypto::stream_chunk_bytes;

constexpr std::uint8_t mark_end = 0;
constexpr std::uint8_t mark_file = 1;

std::unexpected<core::Error> broken(const char* detail) {
  return core::fail(ErrorCode::corrupt, "backup", detail);
}

}  // namespace

core::Result<ArchiveWriter> ArchiveWriter::begin(std::unique_ptr<ports::File> file,
                                                 crypto::SealingStream stream) {
  ArchiveWriter writer(std::move(file), std::move(stream));
  TRY_STATUS(writer.file_->write_at(0, writer.stream_.head()));
  writer.offset_ = writer.stream_.head().size();
  return writer;
}

core::Status ArchiveWriter::flush(bool is_last) {
  std::string_view rest = plain_;
  while (rest.size() > stream_chunk_bytes || is_last) {
    const std::string_view chunk = rest.substr(0, stream_chunk_bytes);
    rest.remove_prefix(chunk.size());
    const bool ends = is_last && rest.empty();
    stream_.seal(chunk, ends, sealed_);
    TRY_STATUS(file_->write_at(offset_, sealed_));
    offset_ += sealed_.size();
    if (ends) break;
  }
  plain_.erase(0, plain_.size() - rest.size());
  return {};
}

core::Status ArchiveWriter::end_file() {
  if (in_file_) core::ByteWriter(plain_).u32(0);
  in_file_ = false;
  return flush(false);
}

core::Status ArchiveWriter::file(std::string_view path, std::uint64_t size) {
  CHECK(!path.empty() && path.size() <= path_bytes_max);
  TRY_STATUS(end_file());
  core::ByteWriter head(plain_);
  head.u8(mark_file);
  head.text(path);
  head.u64(size);
  in_file_ = true;
  return {};
}

core::Status ArchiveWriter::write(std::string_view content) {
  CHECK(in_file_);
  while (!content.empty()) {
    const std::string_view block = content.substr(0, stream_chunk_bytes);
    content.remove_prefix(block.size());
    core::ByteWriter out(plain_);
    out.u32(static_cast<std::uint32_t>(block.size()));
    out.raw(block);
    TRY_STATUS(flush(false));
  }
  return {};
}

core::Status ArchiveWriter::finish() {
  TRY_STATUS(end_file());
  core::ByteWriter(plain_).u8(mark_end);
  TRY_STATUS(flush(true));
  return file_->sync();
}

core::Result<ArchiveReader> ArchiveReader::begin(std::unique_ptr<ports::File> file,
                                                 const crypto::Secret& passphrase) {
  std::string head;
  TRY_STATUS(file->read_at(0, crypto::stream_head_bytes, head));
  TRY(stream, crypto::UnsealingStream::begin(head, passphrase));
  return ArchiveReader(std::move(file), std::move(stream));
}

core::Status ArchiveReader::need(std::size_t count) {
  plain_.erase(0, at_);
  at_ = 0;
  std::string sealed, opened;
  while (plain_.size() < count) {
    if (ended_) return broken("the backup ends inside a file: it was written by a faulty program");
    TRY_STATUS(file_->read_at(offset_, stream_chunk_bytes + crypto::stream_overhead_bytes, sealed));
    if (sealed.empty()) return broken("the end of the backup is missing: take another copy of it");
    offset_ += sealed.size();
    TRY(last, stream_.unseal(sealed, opened));
    ended_ = last;
    plain_ += opened;
  }
  return {};
}

core::Result<std::string_view> ArchiveReader::take(std::size_t count) {
  if (plain_.size() - at_ < count) TRY_STATUS(need(count));
  const std::string_view taken = std::string_view(plain_).substr(at_, count);
  at_ += count;
  return taken;
}

core::Result<std::optional<ArchiveReader::Entry>> ArchiveReader::next() {
  while (in_file_) TRY_STATUS(read());
  TRY(mark, take(1));
  if (mark[0] == static_cast<char>(mark_end)) {
    TRY(size, file_->size());
    if (!ended_ || at_ != plain_.size() || offset_ != size)
      return broken("something follows the end of the backup");
    return std::nullopt;
  }
  if (mark[0] != static_cast<char>(mark_file)) return broken("this backup is of a later version");
  Entry entry;
  std::uint64_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    TRY(byte, take(1));
    length |= static_cast<std::uint64_t>(byte[0] & 0x7f) << shift;
    if ((byte[0] & 0x80) == 0) break;
    if (shift == 14) return broken("a path is too long");
  }
  if (length == 0 || length > path_bytes_max) return broken("a path is too long");
  TRY(path, take(static_cast<std::size_t>(length)));
  entry.path = path;
  TRY(size, take(8));
  entry.size = core::ByteReader(size).u64();
  in_file_ = true;
  return entry;
}

core::Result<std::string_view> ArchiveReader::read() {
  CHECK(in_file_);
  TRY(length, take(4));
  const std::uint32_t count = core::ByteReader(length).u32();
  if (count > stream_chunk_bytes) return broken("a block is too long");
  in_file_ = count > 0;
  return take(count);
}

}  // namespace tillwatch::backup
