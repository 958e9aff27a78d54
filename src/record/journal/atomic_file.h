// Writes a file that is either there, whole and durable, or not there: temporary name, sync, rename, sync of
// the folder. Called by the index builder, BundleStore and SnapshotStore. Never leaves a half-written file
// under the final name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "ports/disk.h"

namespace tillwatch::journal {

inline constexpr std::string_view temporary_suffix = ".tmp";

// "folder/name", or only the name in the folder ".".
std::string join_path(std::string_view folder, std::string_view name);

// Makes the folder, its parents and their names durable.
core::Status make_durable_directory(ports::Disk& disk, std::string_view path);

// Removes the files of the folder whose names end in temporary_suffix: what a crash left behind.
core::Status remove_temporaries(ports::Disk& disk, std::string_view folder);

class AtomicFile {
 public:
  // Creates folder/name.tmp, replacing a left-over of an earlier attempt. `disk` must outlive the file.
  static core::Result<std::unique_ptr<AtomicFile>> create(ports::Disk& disk, std::string folder,
                                                          std::string name);
  // Removes the temporary file where commit() did not succeed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  core::Status append(std::string_view data);
  // Makes what was appended durable, so that commit() has less to wait for.
  core::Status sync();
  // To be called once. After an error the final name holds what it held before, or the new content in full.
  core::Status commit();
  std::uint64_t size() const { return size_; }
  std::string path() const { return join_path(folder_, name_); }

 private:
  AtomicFile(ports::Disk& disk, std::string folder, std::string name)
      : disk_(disk), folder_(std::move(folder)), name_(std::move(name)) {}
  std::string temporary_path() const { return path() + std::string(temporary_suffix); }

  ports::Disk& disk_;
  std::string folder_;
  std::string name_;
  std::unique_ptr<ports::File> file_;
  std::uint64_t size_ = 0;
  bool renamed_ = false;
};

}  // namespace tillwatch::journal
