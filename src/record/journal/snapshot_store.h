// format: docs/formats/snapshot.md. The engine's state at a journal position, as pages in any order and one
// blob of roots. Called by the engine's snapshot and recovery. To the store the pages are opaque. Never
// needed for correctness: the journal from its first sequence gives the same state, so a damaged snapshot is
// passed over for an older one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/strong.h"
#include "journal/atomic_file.h"
#include "ports/disk.h"

namespace tillwatch::journal {

struct SnapshotHeader {
  core::Sequence position;           // the state after this sequence
  std::uint32_t layout_version = 0;  // what the engine calls the layout of its pages
  friend bool operator==(const SnapshotHeader&, const SnapshotHeader&) = default;
};

// Writes one snapshot in pieces. May be used on another thread than its store.
class SnapshotWriter {
 public:
  SnapshotWriter(const SnapshotWriter&) = delete;
  SnapshotWriter& operator=(const SnapshotWriter&) = delete;

  // Pages in any order, each id once (not checked), at most core::limits::snapshot_chunk_bytes_max. Syncs now
  // and then. After an error: destroy the writer; the temporary file goes with it.
  core::Status page(std::uint64_t id, std::string_view bytes);
  // Exactly once, at any point.
  core::Status roots(std::string_view bytes);
  // Makes the snapshot durable, then removes all but the newest two. To be called once.
  core::Status commit();
  std::uint64_t size() const { return file_->size(); }

 private:
  friend class SnapshotStore;
  SnapshotWriter(ports::Disk& disk, std::string directory, const SnapshotHeader& header)
      : disk_(disk), directory_(std::move(directory)), header_(header) {}
  core::Status begin();
  core::Status chunk(std::uint32_t kind, std::uint64_t id, std::string_view bytes);
  core::Status write(std::string_view bytes);

  ports::Disk& disk_;
  std::string directory_;
  SnapshotHeader header_;
  std::unique_ptr<AtomicFile> file_;
  std::uint64_t chunks_ = 0;
  std::uint64_t synced_bytes_ = 0;
  bool has_roots_ = false;
  std::string buffer_;
};

// Receives a snapshot while it is read and checked. Where a later chunk turns out damaged, begin() is called
// again for an older snapshot, and everything received so far must be dropped.
class SnapshotSink {
 public:
  virtual ~SnapshotSink() = default;
  // unsupported: the layout is not this engine's; the snapshot is passed over.
  virtual core::Status begin(const SnapshotHeader& header) = 0;
  // corrupt: the content cannot be; the snapshot is passed over. Any other error ends the loading.
  virtual core::Status page(std::uint64_t id, std::string_view bytes) = 0;
  virtual core::Status roots(std::string_view bytes) = 0;
};

struct SnapshotLoad {
  std::optional<SnapshotHeader> header;  // none: begin with the empty state, and drop what the sink received
  std::vector<core::Error> passed_over;  // why newer ones were not used
};

class SnapshotStore {
 public:
  // Creates the folder where missing. `disk` must outlive the store and its writers.
  static core::Result<std::unique_ptr<SnapshotStore>> open(ports::Disk& disk, std::string directory);
  SnapshotStore(const SnapshotStore&) = delete;
  SnapshotStore& operator=(const SnapshotStore&) = delete;

  // One at a time for a position. Nothing is visible before SnapshotWriter::commit().
  core::Result<std::unique_ptr<SnapshotWriter>> begin(const SnapshotHeader& header);
  // Loads the newest intact snapshot. conflict where one is past `journal_last`, the journal's last durable
  // sequence: then an older journal was put back beside a newer state, and nothing may be decided on it.
  core::Result<SnapshotLoad> load_newest(SnapshotSink& sink, core::Sequence journal_last);
  // Positions on disk, oldest first; whether they are intact is not known. The journal is needed from the
  // first one on.
  core::Result<std::vector<core::Sequence>> positions();

 private:
  SnapshotStore(ports::Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}
  core::Status load_one(core::Sequence position, SnapshotSink& sink, SnapshotHeader& header);

  ports::Disk& disk_;
  std::string directory_;
};

// Reads one snapshot file into `sink`. `position`: what its name says. For the store and for tests of the
// format.
core::Status read_snapshot(ports::File& file, std::string_view path, core::Sequence position,
                           SnapshotSink& sink, SnapshotHeader& header);
std::string snapshot_name(core::Sequence position);

}  // namespace tillwatch::journal
