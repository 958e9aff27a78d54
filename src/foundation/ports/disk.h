// The disk port: files under one root, with the guarantees that the journal and the snapshots rely on spelled
// out. Real side: edge/posix. Simulated side, with loss, tearing and failures: tests/sim. Paths are relative
// to the root, with '/' between parts; ".." and absolute paths are refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace tillwatch::ports {

// An open file. Owned by one object; closed by its destructor (closing is not syncing).
class File {
 public:
  virtual ~File() = default;
  virtual core::Result<std::uint64_t> size() = 0;
  // Reads up to `length` bytes at `offset` into `out` (replaced); shorter only at the end of the file.
  virtual core::Status read_at(std::uint64_t offset, std::size_t length, std::string& out) = 0;
  // Writes all of `data` at `offset`, growing the file where needed. Durable only after sync().
  virtual core::Status write_at(std::uint64_t offset, std::string_view data) = 0;
  // Fills the file with zeros up to `size` (really written, so that later writes change no metadata).
  virtual core::Status preallocate(std::uint64_t size) = 0;
  virtual core::Status truncate(std::uint64_t size) = 0;
  // Makes all written bytes durable (fdatasync). After a failure the file must not be trusted and the call
  // not be repeated.
  virtual core::Status sync() = 0;
};

// A held lock. Released by its destructor and by the end of the process, however it ends.
class Lock {
 public:
  virtual ~Lock() = default;
};

enum class OpenMode : std::uint8_t {
  read,        // must exist
  read_write,  // must exist
  create,      // must not exist; readable and writable; rights 0600
};

class Disk {
 public:
  virtual ~Disk() = default;
  virtual core::Result<std::unique_ptr<File>> open(std::string_view path, OpenMode mode) = 0;
  virtual core::Result<bool> exists(std::string_view path) = 0;
  virtual core::Status remove(std::string_view path) = 0;
  // Atomic; replaces an existing target. Durable only after sync_directory of the folder.
  virtual core::Status rename(std::string_view from, std::string_view to) = 0;
  // Creates the folder and its parents where missing (rights 0700).
  virtual core::Status make_directory(std::string_view path) = 0;
  // Names of the entries of a folder, in byte order.
  virtual core::Result<std::vector<std::string>> list(std::string_view path) = 0;
  // Makes created, renamed and removed names of the folder durable.
  virtual core::Status sync_directory(std::string_view path) = 0;
  // Takes the exclusive lock of the file `path` (created where missing, rights 0600) for as long as the
  // result lives. Never waits: ErrorCode::conflict where another holder, in this process or another, has it.
  virtual core::Result<std::unique_ptr<Lock>> lock(std::string_view path) = 0;
};

}  // namespace tillwatch::ports
