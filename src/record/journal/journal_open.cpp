// Opening the journal: lock, recovery, and making durable what recovery found. See journal.h and
// docs/formats/journal.md.
#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "journal/atomic_file.h"
#include "journal/journal.h"
#include "journal/tail_check.h"

namespace tillwatch::journal {

using core::ErrorCode;
using core::Sequence;

namespace {
constexpr std::uint64_t piece_bytes = 1024 * 1024;

core::Result<SegmentHeader> read_header(ports::File& file, const std::string& path, Sequence first) {
  std::string page;
  TRY_STATUS(file.read_at(0, segment_header_bytes, page));
  TRY(header, decode_segment_header(page, path));
  if (header.first_sequence != first) {
    return core::fail(ErrorCode::corrupt, path,
                      "the segment's name and header tell different first sequences; restore the name.");
  }
  TRY(size, file.size());
  if (size != header.segment_bytes) {
    return core::fail(
        ErrorCode::corrupt, path,
        fmt::format("the segment has {} bytes where its header says {}; restore the file from a copy.", size,
                    header.segment_bytes));
  }
  return header;
}

// Removes indexes whose segment was retired before a crash. Their names are made durable with the others.
core::Status remove_orphans(ports::Disk& disk, const std::string& directory,
                            const std::vector<std::string>& names, const std::vector<Sequence>& firsts) {
  for (const std::string& name : names) {
    const std::optional<Sequence> first = parse_name(name, index_suffix);
    if (first && !std::binary_search(firsts.begin(), firsts.end(), *first)) {
      TRY_STATUS(disk.remove(join_path(directory, name)));
    }
  }
  return {};
}
}  // namespace

std::string RecoveryReport::to_string() const {
  std::string text = fmt::format("journal {}: {} segment(s), sequences {} to {}",
                                 created ? "created" : "recovered", segments, first.value, last.value);
  if (truncated_bytes > 0)
    text += fmt::format("; {} bytes of an interrupted write removed at {}", truncated_bytes, truncated_at);
  if (indexes_rebuilt > 0) text += fmt::format("; {} index(es) rebuilt", indexes_rebuilt);
  return text;
}

core::Result<std::unique_ptr<Journal>> Journal::open(ports::Disk& disk, std::string directory,
                                                     const Options& options) {
  if (options.segment_bytes < core::limits::journal_segment_bytes_min ||
      options.segment_bytes > core::limits::journal_segment_bytes_max) {
    return core::fail(
        ErrorCode::invalid, "segment_bytes",
        fmt::format("a journal segment has {} to {} bytes, not {}.", core::limits::journal_segment_bytes_min,
                    core::limits::journal_segment_bytes_max, options.segment_bytes));
  }
  std::unique_ptr<Journal> journal(new Journal(disk, std::move(directory), options));
  const std::string& folder = journal->directory_;
  TRY_STATUS(make_durable_directory(disk, folder));
  TRY(lock, disk.lock(join_path(folder, "lock")));
  journal->lock_ = std::move(lock);
  TRY_STATUS(remove_temporaries(disk, folder));
  TRY(names, disk.list(folder));
  std::vector<Sequence> firsts;
  for (const std::string& name : names) {
    if (const std::optional<Sequence> first = parse_name(name, segment_suffix)) firsts.push_back(*first);
  }
  if (firsts.empty()) {
    if (!options.create)
      return core::fail(ErrorCode::not_found, folder,
                        "there is no journal here; create one, or name its folder.");
    TRY_STATUS(journal->create());
  } else {
    TRY_STATUS(remove_orphans(disk, folder, names, firsts));
    TRY_STATUS(journal->recover(firsts));
  }
  RecoveryReport& report = journal->recovery_;
  report.segments = journal->segments().size();
  report.first = journal->first_sequence();
  report.last = journal->last_appended();
  report.indexes_rebuilt = journal->sealed_.rebuilt();
  return journal;
}

core::Status Journal::create() {
  SegmentHeader header;
  header.semantics_version = options_.semantics_version;
  header.number = 1;
  header.first_sequence = Sequence(1);
  header.segment_bytes = options_.segment_bytes;
  TRY_STATUS(preparer_.finish());
  TRY(file, preparer_.release(header));
  live_ = std::make_unique<LiveSegment>(std::move(file),
                                        join_path(directory_, segment_name(header.first_sequence)), header);
  recovery_.created = true;
  return {};
}

core::Status Journal::recover(const std::vector<Sequence>& firsts) {
  std::optional<SegmentHeader> previous;
  for (const Sequence first : firsts) {
    const std::string path = join_path(directory_, segment_name(first));
    TRY(file, disk_.open(path, ports::OpenMode::read_write));
    TRY(header, read_header(*file, path, first));
    if (previous) {
      if (header.number != previous->number + 1) {
        return core::fail(
            ErrorCode::corrupt, path,
            fmt::format("segment number {} follows number {}: a segment is missing; restore it from a copy.",
                        header.number, previous->number));
      }
      TRY_STATUS(sealed_.add_existing(*previous, first));
    }
    previous = header;
    if (first != firsts.back()) continue;
    live_ = std::make_unique<LiveSegment>(std::move(file), path, header);
  }
  TRY_STATUS(recover_live(*previous));
  if (live_->header().semantics_version == options_.semantics_version) return {};
  TRY_STATUS(prepare());
  return roll();
}

core::Status Journal::recover_live(const SegmentHeader& header) {
  TRY_STATUS(live_->scan());
  TRY(tail, judge_tail(live_->file(), live_->path(), header, live_->end()));
  TRY_STATUS(repair(tail.remains_end));
  last_durable_ = live_->last();
  return {};
}

// Makes the live segment's bytes and every name durable before anything is built on them. What a killed
// process wrote is visible and may not be durable; where its sync failed, the kernel may even take it for
// clean. So the batches that no later batch proves durable are written again, and remains of an interrupted
// write become zeros, before one sync covers both.
core::Status Journal::repair(std::uint64_t remains_end) {
  ports::File& file = live_->file();
  std::string piece;
  for (std::uint64_t at = live_->unproven().offset; at < live_->end().offset; at += piece_bytes) {
    const std::uint64_t length = std::min(piece_bytes, live_->end().offset - at);
    TRY_STATUS(file.read_at(at, static_cast<std::size_t>(length), piece));
    TRY_STATUS(file.write_at(at, piece));
  }
  const std::uint64_t end = live_->end().offset;
  for (std::uint64_t at = end; at < remains_end; at += piece_bytes) {
    TRY_STATUS(file.write_at(
        at, std::string(static_cast<std::size_t>(std::min(piece_bytes, remains_end - at)), '\0')));
  }
  TRY_STATUS(file.sync());
  if (remains_end > end) {
    recovery_.truncated_bytes = remains_end - end;
    recovery_.truncated_at = fmt::format("{}:{}", live_->path(), end);
  }
  return disk_.sync_directory(directory_);
}

}  // namespace tillwatch::journal
