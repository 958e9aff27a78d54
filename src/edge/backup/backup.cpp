#include "backup/backup.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "backup/archive.h"
#include "backup/manifest.h"
#include "core/check.h"
#include "journal/copy_plan.h"
#include "journal/segment_format.h"
#include "payment/entry.h"
#include "posix/disk.h"
#include "sql/copy.h"

namespace tillwatch::backup {
namespace {

using core::ErrorCode;
using core::Sequence;
namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 1024 * 1024;
constexpr const char* lock_file = "backup.lock";
constexpr const char* copy_file = "backup-database.tmp";

// The name of a file in a folder, resolved as far as it exists, so that two ways to one place are seen.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path), error);
  return error ? path : whole;
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const fs::path inner = resolved(path), outer = resolved(folder);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

core::Status copy_file_into(ArchiveWriter& archive, ports::Disk& disk, const std::string& name,
                            const std::string& as, std::uint64_t bytes, std::uint64_t size) {
  TRY(file, disk.open(name, ports::OpenMode::read));
  TRY_STATUS(archive.file(as, size));
  std::string piece;
  for (std::uint64_t at = 0; at < bytes; at += piece.size()) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, bytes - at));
    TRY_STATUS(file->read_at(at, wanted, piece));
    if (piece.size() != wanted)
      return core::fail(ErrorCode::unavailable, name, "the file became shorter meanwhile: try again");
    TRY_STATUS(archive.write(piece));
  }
  return {};
}

core::Status copy_whole_into(ArchiveWriter& archive, ports::Disk& disk, const std::string& name,
                             const std::string& as) {
  TRY(file, disk.open(name, ports::OpenMode::read));
  TRY(size, file->size());
  file.reset();
  return copy_file_into(archive, disk, name, as, size, size);
}

// One backup being made.
class Making {
 public:
  Making(const Installation& from, posix::Disk& disk) : from_(from), disk_(disk) {}
  ~Making() {
    if (has_copy_) (void)disk_.remove(copy_file);
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

  core::Status copy_database(core::TimeMs now) {
    manifest_.made_at = now;
    manifest_.has_database = !from_.database.empty();
    if (!manifest_.has_database) return {};
    TRY(left_over, disk_.exists(copy_file));
    if (left_over) TRY_STATUS(disk_.remove(copy_file));
    has_copy_ = true;
    TRY(database, sql::open_database(from_.database));
    TRY(connection, database->connect());
    const std::string path = from_.data + "/" + copy_file;
    TRY_STATUS(sql::copy_to_file(*connection, path, now));
    TRY(copy, sql::open_database("sqlite:" + path));
    TRY(reading, copy->connect());
    TRY(rows, reading->query("select c.last, p.sequence from outbox_counter c, projector_position p"));
    if (rows.empty()) return core::fail(ErrorCode::corrupt, "database", "its positions are gone");
    manifest_.last_act = rows[0].integer(0);
    manifest_.projected = Sequence(static_cast<std::uint64_t>(rows[0].integer(1)));
    return {};
  }

  core::Status plan_journal() {
    payment::EntryView entry;
    auto plan = journal::plan_copy(disk_, std::string(journal_folder), manifest_.projected,
                                   [&](const journal::Record& record) -> core::Result<bool> {
                                     if (!manifest_.has_database) return true;
                                     TRY_STATUS(entry.decode(record.entry));
                                     if (!entry.has(payment::AttributeId::act_number)) return true;
                                     return entry.get(payment::AttributeId::act_number).integer() <=
                                            manifest_.last_act;
                                   });
    if (!plan) return std::unexpected(std::move(plan).error());
    plan_ = *std::move(plan);
    manifest_.journal_last = plan_.last;
    return {};
  }

  core::Status write(ArchiveWriter& archive) {
    const std::string manifest = write_manifest(manifest_);
    TRY_STATUS(archive.file(manifest_file, manifest.size()));
    TRY_STATUS(archive.write(manifest));
    if (manifest_.has_database)
      TRY_STATUS(count(copy_whole_into(archive, disk_, copy_file, std::string(database_file))));
    TRY_STATUS(write_journal(archive));
    TRY_STATUS(write_folder(archive, ""));
    if (from_.card_keys.empty()) return {};
    const fs::path keys(from_.card_keys);
    TRY(folder, posix::Disk::open_root(keys.has_parent_path() ? keys.parent_path().string() : "."));
    return count(copy_whole_into(archive, *folder, keys.filename().string(), std::string(card_keys_file)));
  }

  Manifest& manifest() { return manifest_; }

 private:
  core::Status count(core::Status status) {
    if (status) ++manifest_.files;
    return status;
  }

  core::Status write_journal(ArchiveWriter& archive) {
    for (const journal::SegmentCopy& segment : plan_.segments) {
      const std::string name = std::string(journal_folder) + "/" + segment.name;
      TRY_STATUS(count(copy_file_into(archive, disk_, name, name, segment.bytes, segment.size)));
      if (!segment.sealed) continue;
      const std::string index = name.substr(0, name.rfind('.')) + ".index";
      TRY(there, disk_.exists(index));
      if (there) TRY_STATUS(count(copy_whole_into(archive, disk_, index, index)));
    }
    return {};
  }

  // Whether the file is something else than content: made again, or written by its own way.
  bool is_passed_over(const std::string& path) const {
    const std::string name = path.substr(path.rfind('/') + 1);
    for (const std::string_view end :
         {".lock", ".tmp", ".new", ".part", ".segment", ".index", "-wal", "-shm"})
      if (name.ends_with(end)) return true;
    if (const auto position = journal::parse_name(name, ".snapshot")) return *position > plan_.last;
    if (name == "lock" || name == copy_file) return true;
    const bool is_sqlite = from_.database.starts_with("sqlite:");
    if (is_sqlite && resolved(from_.data + "/" + path) == resolved(from_.database.substr(7))) return true;
    return path == card_keys_file && !from_.card_keys.empty();
  }

  core::Status write_folder(ArchiveWriter& archive, const std::string& folder) {
    TRY(names, disk_.list(folder.empty() ? "." : folder));
    for (const std::string& name : names) {
      const std::string path = folder.empty() ? name : folder + "/" + name;
      std::error_code error;
      if (fs::is_directory(from_.data + "/" + path, error)) {
        TRY_STATUS(write_folder(archive, path));
        continue;
      }
      if (is_passed_over(path) || !fs::is_regular_file(from_.data + "/" + path, error)) continue;
      TRY_STATUS(refuse_forgotten_database(path));
      core::Status done = copy_whole_into(archive, disk_, path, path);
      // Old snapshots go while newer ones come; the journal gives the same state.
      const bool is_snapshot = path.ends_with(".snapshot");
      if (!done && is_snapshot && done.error().code == ErrorCode::not_found) continue;
      TRY_STATUS(count(std::move(done)));
    }
    return {};
  }

  // A live database copied as a file would be broken, and nobody would know before the day it is needed.
  core::Status refuse_forgotten_database(const std::string& path) {
    TRY(file, disk_.open(path, ports::OpenMode::read));
    std::string head;
    TRY_STATUS(file->read_at(0, 16, head));
    if (!head.starts_with("SQLite format 3")) return {};
    return core::fail(ErrorCode::invalid, from_.data + "/" + path,
                      "this is a database: name it with --database sqlite:FILE, or move it away");
  }

  const Installation& from_;
  posix::Disk& disk_;
  bool has_copy_ = false;
  journal::CopyPlan plan_;
  Manifest manifest_;
};

}  // namespace

core::Result<Manifest> make_backup(const Installation& from, const std::string& out,
                                   const crypto::Secret& passphrase, ports::Random& random, core::TimeMs now,
                                   crypto::SealCost cost, const std::function<void()>& database_copied) {
  std::error_code error;
  if (!fs::is_directory(from.data, error))
    return core::fail(ErrorCode::not_found, from.data, "there is no data directory");
  if (lies_in(out, from.data))
    return core::fail(ErrorCode::invalid, out,
                      "a backup does not lie in what it backs up: choose another folder");
  TRY(stream, crypto::SealingStream::begin(passphrase, random, cost));
  TRY(disk, posix::Disk::open_root(from.data));
  TRY(lock, disk->lock(lock_file));
  CHECK(lock != nullptr);
  const fs::path target(out);
  TRY(folder, posix::Disk::open_root(target.has_parent_path() ? target.parent_path().string() : "."));
  const std::string name = target.filename().string(), partial = name + ".part";
  TRY(there, folder->exists(name));
  if (there) return core::fail(ErrorCode::conflict, out, "the file is there already: it stays as it is");
  TRY(left_over, folder->exists(partial));
  if (left_over) TRY_STATUS(folder->remove(partial));

  Making making(from, *disk);
  TRY_STATUS(making.copy_database(now));
  if (database_copied) database_copied();
  TRY_STATUS(making.plan_journal());
  TRY(file, folder->open(partial, ports::OpenMode::create));
  const auto write = [&]() -> core::Status {
    TRY(archive, ArchiveWriter::begin(std::move(file), std::move(stream)));
    TRY_STATUS(making.write(archive));
    TRY_STATUS(archive.finish());
    making.manifest().bytes = archive.bytes();
    TRY_STATUS(folder->rename(partial, name));
    return folder->sync_directory(".");
  };
  if (core::Status written = write(); !written) {
    (void)folder->remove(partial);
    return std::unexpected(std::move(written).error());
  }
  return making.manifest();
}

}  // namespace tillwatch::backup
