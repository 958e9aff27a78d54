// The journal: every entry and its decision, in one sequence, in preallocated checksummed segments
// (docs/formats/journal.md). Called by the pipeline (the one writer) and by recovery. One owner, one thread.
// Readers on other threads use Reader. Never answers for bytes that are not durable, and never tries a failed
// sync again: after a failure it is dead.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/limits.h"
#include "core/sabotage.h"
#include "journal/live_segment.h"
#include "journal/reader.h"
#include "journal/record.h"
#include "journal/sealed_segments.h"
#include "journal/segment_preparer.h"
#include "ports/disk.h"

namespace tillwatch::journal {

struct Options {
  std::uint64_t segment_bytes =
      core::limits::journal_segment_bytes_default;  // of new segments; at least ..._min
  std::uint32_t semantics_version = 1;              // of new records; a change begins a new segment
  bool create = false;                              // make a new journal where the folder holds none
  std::size_t key_segments =
      core::limits::journal_key_segments_default;  // sealed segments searched by find_key
  core::Sabotage sabotage{};
};

// What open() found and did.
struct RecoveryReport {
  bool created = false;
  std::size_t segments = 0;
  core::Sequence first;               // the oldest record; first > last where there is none
  core::Sequence last;                // the newest record
  std::uint64_t truncated_bytes = 0;  // remains of an interrupted write, set to zero
  std::string truncated_at;           // "path:offset" of them; empty where there were none
  std::size_t indexes_rebuilt = 0;
  // One line for the log.
  std::string to_string() const;
};

class Journal {
 public:
  // Takes the folder's lock, recovers, and makes durable all that recovery found. `disk` must outlive the
  // journal. conflict: another process has it open. not_found: no journal there and not Options::create.
  // corrupt: names file and offset.
  static core::Result<std::unique_ptr<Journal>> open(ports::Disk& disk, std::string directory,
                                                     const Options& options);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Sees to it that a batch of records with this sum of encoded_bytes_max() can be appended without failing
  // for want of space. To be called before a batch is decided. unavailable: no space for a further segment;
  // nothing has happened, try again later. limit: no batch may be that large.
  core::Status reserve(std::size_t records_bytes);
  // The largest sum that reserve() accepts.
  std::size_t records_bytes_max() const;

  // Writes one batch: 1 to core::limits::journal_batch_records_max records whose sequences follow
  // last_appended(). Written, not yet durable. limit: a record or the batch is too large; nothing was
  // written.
  core::Status append(std::span<const Record> records);
  // Makes everything appended durable. Does nothing where all is.
  core::Status sync();
  // The error that ended the journal. From then on every call gives it.
  const std::optional<core::Error>& failure() const { return failure_; }

  // Does one bounded piece of work that would otherwise delay a later append: writes the index of a full
  // segment, fills the next one. True where more is left. To be called when there is nothing to decide.
  // Errors harm nothing: alarm, go on.
  core::Result<bool> maintain();

  core::Sequence first_sequence() const;  // the oldest record there is (or will be, where there is none)
  core::Sequence last_appended() const { return live_->last(); }
  core::Sequence last_durable() const { return last_durable_; }
  // Oldest first; the last one is the one that is being appended.
  std::vector<SegmentSummary> segments() const;

  // not_found where the sequence is not durable yet, was retired, or never was.
  core::Result<OwnedRecord> read(core::Sequence sequence);
  // The newest record with that key, also one that is appended and not durable yet (compare last_durable(): a
  // repeated request waits for the same sync). Keys older than Options::key_segments sealed segments are
  // forgotten.
  core::Result<std::optional<core::Sequence>> find_key(Key128 key);
  // A stream from `from` on. It may be used beside the journal, with last_durable() as its limit.
  core::Result<Reader> reader(core::Sequence from);

  // Deletes sealed segments that hold nothing from `keep_from` on. The caller has made sure that nobody needs
  // them.
  core::Status retire(core::Sequence keep_from);

  const RecoveryReport& recovery() const { return recovery_; }

 private:
  Journal(ports::Disk& disk, std::string directory, const Options& options);
  core::Status create();
  core::Status recover(const std::vector<core::Sequence>& firsts);
  core::Status recover_live(const SegmentHeader& header);
  core::Status repair(std::uint64_t remains_end);
  core::Status roll();
  core::Status prepare();
  core::Status finish_sealing();
  core::Result<SealedSegments::Place> locate(core::Sequence sequence);
  std::unexpected<core::Error> die(const core::Error& error);

  ports::Disk& disk_;
  std::string directory_;
  Options options_;
  std::unique_ptr<ports::Lock> lock_;
  SealedSegments sealed_;
  std::unique_ptr<LiveSegment> sealing_;  // full, its index not yet written
  std::unique_ptr<LiveSegment> live_;
  SegmentPreparer preparer_;
  core::Sequence last_durable_;
  std::optional<core::Error> failure_;
  RecoveryReport recovery_;
};

}  // namespace tillwatch::journal
