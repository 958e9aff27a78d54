// format: docs/formats/backup.md. Files of any length, one after the other, in one sealed file. Called by
// make_backup() and restore_backup(). Never holds more than a few chunks; never shows content whose seal was
// not checked; never takes a file for whole that has lost its end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "crypto/sealed_stream.h"
#include "ports/disk.h"

namespace tillwatch::backup {

inline constexpr std::size_t path_bytes_max = 1024;

class ArchiveWriter {
 public:
  // Writes into `file`, which is empty.
  static core::Result<ArchiveWriter> begin(std::unique_ptr<ports::File> file, crypto::SealingStream stream);

  // Begins a file of the archive; the one before is ended. `size`: of the file as it shall be restored, with
  // zeros behind what is written.
  core::Status file(std::string_view path, std::uint64_t size);
  core::Status write(std::string_view content);
  // Ends the archive and makes it durable.
  core::Status finish();
  std::uint64_t bytes() const { return offset_; }

 private:
  ArchiveWriter(std::unique_ptr<ports::File> file, crypto::SealingStream stream)
      : file_(std::move(file)), stream_(std::move(stream)) {}
  core::Status end_file();
  core::Status flush(bool is_last);

  std::unique_ptr<ports::File> file_;
  crypto::SealingStream stream_;
  std::uint64_t offset_ = 0;
  std::string plain_;   // not yet sealed
  std::string sealed_;  // the chunk on its way out
  bool in_file_ = false;
};

class ArchiveReader {
 public:
  // Errors: invalid (no backup), io.
  static core::Result<ArchiveReader> begin(std::unique_ptr<ports::File> file,
                                           const crypto::Secret& passphrase);

  struct Entry {
    std::string path;
    std::uint64_t size = 0;
  };
  // The next file, what was not read of the one before is passed over; nullopt behind the last, when the end
  // was seen. Errors: denied (wrong passphrase, or altered), corrupt (cut short, or not in this form), io.
  core::Result<std::optional<Entry>> next();
  // The next piece of the file's content, valid until the next call; "" at its end. Errors: as of next().
  core::Result<std::string_view> read();

 private:
  ArchiveReader(std::unique_ptr<ports::File> file, crypto::UnsealingStream stream)
      : file_(std::move(file)), stream_(std::move(stream)) {}
  // Sees to it that `count` bytes lie in plain_ from at_ on.
  core::Status need(std::size_t count);
  core::Result<std::string_view> take(std::size_t count);

  std::unique_ptr<ports::File> file_;
  crypto::UnsealingStream stream_;
  std::uint64_t offset_ = crypto::stream_head_bytes;
  std::string plain_;  // opened, read up to at_
  std::size_t at_ = 0;
  bool ended_ = false;  // the last chunk was opened
  bool in_file_ = false;
};

}  // namespace tillwatch::backup
