// Streams records in order of sequence, also while the journal is being appended. Called by replay, backfill,
// feed, projector. Holds its own files and no reference to the Journal: it is told how far it may read. Never
// writes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/error.h"
#include "journal/batch_cursor.h"
#include "journal/record.h"
#include "ports/disk.h"

namespace tillwatch::journal {

class Reader {
 public:
  // Reads from sequence `from` (at least 1) on; nothing is opened before the first next(). `disk` must
  // outlive the reader. `hint`: a batch of the segment that holds `from` and does not begin after it;
  // Journal::reader gives one.
  Reader(ports::Disk& disk, std::string directory, core::Sequence from,
         std::optional<Position> hint = std::nullopt);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) = delete;
  ~Reader();

  // The next record; nullopt where it would be past `limit`, which must not be past what is durable: ask
  // again later. The record's views are valid until the next call. not_found: the segment has been retired
  // (or never was); corrupt: names file and offset; io. After an error the reader gives the same error again.
  core::Result<std::optional<Record>> next(core::Sequence limit);
  // The sequence that next() will give.
  core::Sequence position() const { return next_; }
  // Semantics version of the segment that the last record came from; 0 before the first.
  std::uint32_t semantics_version() const { return semantics_version_; }

 private:
  core::Result<std::optional<Record>> step();
  core::Status open_segment();
  core::Status next_batch();
  std::unexpected<core::Error> retired() const;

  ports::Disk& disk_;
  std::string directory_;
  core::Sequence next_;
  std::optional<Position> hint_;
  std::uint32_t semantics_version_ = 0;
  std::string path_;
  std::unique_ptr<ports::File> file_;
  std::unique_ptr<BatchCursor> cursor_;  // its address and buffer stay when the reader moves
  std::optional<RecordDecoder> decoder_;
  std::optional<core::Error> failure_;
};

}  // namespace tillwatch::journal
