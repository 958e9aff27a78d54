// Files that are there whole or not at all: see atomic_file.h.
#include "journal/atomic_file.h"

#include "core/check.h"

namespace tillwatch::journal {

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder == ".") return std::string(name);
  std::string path(folder);
  path += '/';
  path += name;
  return path;
}

core::Status make_durable_directory(ports::Disk& disk, std::string_view path) {
  TRY_STATUS(disk.make_directory(path));
  // The name of a folder stands in its parent. All of them are synced, also where nothing was made: an
  // earlier process may have made them and ended before it synced.
  for (std::string_view rest = path; rest != ".";) {
    const std::size_t slash = rest.rfind('/');
    rest = slash == std::string_view::npos ? std::string_view(".") : rest.substr(0, slash);
    TRY_STATUS(disk.sync_directory(rest));
  }
  return {};
}

core::Status remove_temporaries(ports::Disk& disk, std::string_view folder) {
  TRY(names, disk.list(folder));
  for (const std::string& name : names) {
    if (name.ends_with(temporary_suffix)) TRY_STATUS(disk.remove(join_path(folder, name)));
  }
  return {};
}

core::Result<std::unique_ptr<AtomicFile>> AtomicFile::create(ports::Disk& disk, std::string folder,
                                                             std::string name) {
  std::unique_ptr<AtomicFile> result(new AtomicFile(disk, std::move(folder), std::move(name)));
  TRY(left_over, disk.exists(result->temporary_path()));
  if (left_over) TRY_STATUS(disk.remove(result->temporary_path()));
  TRY(file, disk.open(result->temporary_path(), ports::OpenMode::create));
  result->file_ = std::move(file);
  return result;
}

AtomicFile::~AtomicFile() {
  if (renamed_ || !file_) return;
  file_.reset();
  // A left-over does no harm: it is removed before the next attempt and when the store is opened.
  [[maybe_unused]] const core::Status ignored = disk_.remove(temporary_path());
}

core::Status AtomicFile::append(std::string_view data) {
  TRY_STATUS(file_->write_at(size_, data));
  size_ += data.size();
  return {};
}

core::Status AtomicFile::sync() {
  return file_->sync();
}

core::Status AtomicFile::commit() {
  CHECK(!renamed_);
  TRY_STATUS(file_->sync());
  TRY_STATUS(disk_.rename(temporary_path(), path()));
  renamed_ = true;
  return disk_.sync_directory(folder_);
}

}  // namespace tillwatch::journal
