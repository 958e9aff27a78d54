// The installation made from a backup again: see backup.h.
#include <algorithm>
#include <filesystem>

#include "backup/archive.h"
#include "backup/backup.h"
#include "backup/manifest.h"
#include "posix/disk.h"
#include "sql/copy.h"

namespace tillwatch::backup {
namespace {

using core::ErrorCode;
namespace fs = std::filesystem;

constexpr std::size_t manifest_bytes_max = 64 * 1024;

core::Status io_error(const std::string& path, const std::string& what, const std::error_code& error) {
  return core::fail(ErrorCode::io, path, what + ": " + error.message());
}

// A folder beside the target; gone with this object unless it was put in place.
class Workshop {
 public:
  explicit Workshop(std::string target) : target_(std::move(target)), path_(target_ + ".restoring") {}
  ~Workshop() {
    std::error_code error;
    if (!done_) fs::remove_all(path_, error);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  core::Status open() {
    std::error_code error;
    if (fs::exists(target_, error) && !fs::is_empty(target_, error)) {
      done_ = true;  // nothing of ours is there
      return core::fail(ErrorCode::conflict, target_,
                        "the folder is not empty: restore into one that is not there");
    }
    fs::remove_all(path_, error);
    if (error) return io_error(path_, "what an earlier attempt left cannot be removed", error);
    TRY(disk, posix::Disk::open_root(path_));
    disk_ = std::move(disk);
    return {};
  }
  core::Status put_in_place() {
    std::error_code error;
    fs::rename(path_, target_, error);
    if (error) return io_error(target_, "cannot be put in place", error);
    done_ = true;
    const fs::path whole = fs::absolute(target_);
    TRY(parent, posix::Disk::open_root(whole.parent_path().string()));
    return parent->sync_directory(".");
  }
  posix::Disk& disk() { return *disk_; }
  const std::string& path() const { return path_; }

 private:
  std::string target_, path_;
  std::unique_ptr<posix::Disk> disk_;
  bool done_ = false;
};

core::Status write_file(posix::Disk& disk, ArchiveReader& archive, const ArchiveReader::Entry& entry) {
  const std::size_t slash = entry.path.rfind('/');
  if (slash != std::string::npos) TRY_STATUS(disk.make_directory(entry.path.substr(0, slash)));
  TRY(file, disk.open(entry.path, ports::OpenMode::create));
  std::uint64_t at = 0;
  for (;;) {
    TRY(piece, archive.read());
    if (piece.empty()) break;
    if (piece.size() > entry.size - at)
      return core::fail(ErrorCode::corrupt, entry.path, "the backup has more of it than it says");
    TRY_STATUS(file->write_at(at, piece));
    at += piece.size();
  }
  if (at < entry.size) TRY_STATUS(file->preallocate(entry.size));
  TRY_STATUS(file->sync());
  return disk.sync_directory(slash == std::string::npos ? "." : entry.path.substr(0, slash));
}

core::Result<Manifest> first_of(ArchiveReader& archive) {
  TRY(entry, archive.next());
  if (!entry || entry->path != manifest_file)
    return core::fail(ErrorCode::corrupt, "backup", "it does not begin with its manifest");
  std::string text;
  for (;;) {
    TRY(piece, archive.read());
    if (piece.empty()) break;
    text += piece;
    if (text.size() > manifest_bytes_max)
      return core::fail(ErrorCode::corrupt, "backup", "its manifest is too long");
  }
  return read_manifest(text);
}

// From the workshop to where it shall be; files that lie elsewhere are not overwritten.
core::Status move_out(Workshop& workshop, const std::string& name, const std::string& to) {
  std::error_code error;
  if (fs::exists(to, error))
    return core::fail(ErrorCode::conflict, to, "the file is there already: it stays as it is");
  const fs::path whole = fs::absolute(to);
  TRY(folder, posix::Disk::open_root(whole.parent_path().string()));
  // Another file system may hold it: copied, made durable, then gone here.
  const std::string target = whole.filename().string();
  TRY(from, workshop.disk().open(name, ports::OpenMode::read));
  TRY(size, from->size());
  TRY(file, folder->open(target, ports::OpenMode::create));
  std::string piece;
  for (std::uint64_t at = 0; at < size; at += piece.size()) {
    TRY_STATUS(from->read_at(at, 1024 * 1024, piece));
    if (piece.empty()) return core::fail(ErrorCode::io, name, "it became shorter while it was read");
    TRY_STATUS(file->write_at(at, piece));
  }
  TRY_STATUS(file->sync());
  TRY_STATUS(folder->sync_directory("."));
  return workshop.disk().remove(name);
}

core::Status place_database(Workshop& workshop, const Installation& to, core::TimeMs now) {
  const std::string name(database_file);
  if (!to.database.starts_with("sqlite:")) {
    TRY(database, sql::open_database(to.database));
    TRY(connection, database->connect());
    TRY_STATUS(sql::fill_from_file(workshop.path() + "/" + name, *connection, now));
    return workshop.disk().remove(name);
  }
  const fs::path path = fs::absolute(to.database.substr(7)).lexically_normal();
  const fs::path inner = path.lexically_relative(fs::absolute(to.data).lexically_normal());
  if (inner.empty() || *inner.begin() == "..") return move_out(workshop, name, path.string());
  if (inner.has_parent_path()) TRY_STATUS(workshop.disk().make_directory(inner.parent_path().string()));
  TRY(there, workshop.disk().exists(inner.string()));
  if (there && inner != fs::path(name))
    return core::fail(ErrorCode::conflict, path.string(), "the backup has another file of this name");
  return workshop.disk().rename(name, inner.string());
}

}  // namespace

core::Result<Manifest> restore_backup(const std::string& backup, const Installation& to,
                                      const crypto::Secret& passphrase, core::TimeMs now) {
  const fs::path source(backup);
  TRY(folder, posix::Disk::open_root(source.has_parent_path() ? source.parent_path().string() : "."));
  TRY(file, folder->open(source.filename().string(), ports::OpenMode::read));
  TRY(size, file->size());
  TRY(archive, ArchiveReader::begin(std::move(file), passphrase));
  TRY(manifest, first_of(archive));
  if (manifest.has_database && to.database.empty())
    return core::fail(ErrorCode::invalid, "--database", "the backup holds a database: say where it shall go");
  Workshop workshop(to.data);
  TRY_STATUS(workshop.open());
  for (;;) {
    TRY(entry, archive.next());
    if (!entry) break;
    TRY_STATUS(write_file(workshop.disk(), archive, *entry));
    ++manifest.files;
  }
  if (manifest.has_database) TRY_STATUS(place_database(workshop, to, now));
  if (!to.card_keys.empty()) TRY_STATUS(move_out(workshop, std::string(card_keys_file), to.card_keys));
  TRY_STATUS(workshop.put_in_place());
  manifest.bytes = size;
  return manifest;
}

}  // namespace tillwatch::backup
