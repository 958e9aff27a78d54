// The journal while it runs: see journal.h. Opening and recovery: journal_open.cpp.
#include "journal/journal.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "journal/atomic_file.h"

namespace tillwatch::journal {

using core::ErrorCode;
using core::Sequence;

namespace {
constexpr std::size_t read_one_bytes = 32 * 1024;

std::size_t batch_bytes_max(std::uint64_t segment_bytes) {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(core::limits::journal_batch_bytes_max, segment_bytes - segment_header_bytes));
}
}  // namespace

Journal::Journal(ports::Disk& disk, std::string directory, const Options& options)
    : disk_(disk),
      directory_(std::move(directory)),
      options_(options),
      sealed_(disk, directory_, options.key_segments),
      preparer_(disk, directory_, options.segment_bytes) {}

Journal::~Journal() = default;

std::unexpected<core::Error> Journal::die(const core::Error& error) {
  failure_ =
      core::Error{ErrorCode::io, error.where,
                  error.detail + " The journal has stopped: end the process, mend the disk, start again."};
  return std::unexpected<core::Error>(*failure_);
}

std::size_t Journal::records_bytes_max() const {
  return batch_bytes_max(options_.segment_bytes) - batch_overhead_bytes;
}

// What can fail without harm before a new segment is begun.
core::Status Journal::prepare() {
  TRY_STATUS(finish_sealing());
  return preparer_.finish();
}

core::Status Journal::finish_sealing() {
  if (!sealing_) return {};
  TRY_STATUS(sealed_.seal(*sealing_));
  sealing_.reset();
  return {};
}

core::Status Journal::reserve(std::size_t records_bytes) {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  if (records_bytes > records_bytes_max()) {
    return core::fail(
        ErrorCode::limit, directory_,
        fmt::format("a batch of {} bytes of records passes the bound of {}; append fewer records at once.",
                    records_bytes, records_bytes_max()));
  }
  if (live_->has_room(records_bytes + batch_overhead_bytes)) return {};
  if (const core::Status prepared = prepare(); !prepared) {
    return core::fail(ErrorCode::unavailable, prepared.error().where,
                      "the next journal segment cannot be made: " + prepared.error().detail +
                          " Free some space; nothing was lost.");
  }
  return roll();
}

core::Status Journal::roll() {
  // The header of the new segment proves that the old one was durable.
  TRY_STATUS(sync());
  const bool replace = live_->is_empty();
  SegmentHeader header;
  header.semantics_version = options_.semantics_version;
  header.number = live_->header().number + (replace ? 0 : 1);
  header.first_sequence = live_->end().sequence;
  header.segment_bytes = options_.segment_bytes;
  core::Result<std::unique_ptr<ports::File>> file = preparer_.release(header);
  if (!file) return die(file.error());
  auto next = std::make_unique<LiveSegment>(
      *std::move(file), join_path(directory_, segment_name(header.first_sequence)), header);
  if (!replace) sealing_ = std::move(live_);
  live_ = std::move(next);
  return {};
}

core::Status Journal::append(std::span<const Record> records) {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  CHECK(!records.empty());
  std::size_t bytes = 0;
  Sequence expected = live_->end().sequence;
  for (const Record& record : records) {
    CHECK(record.sequence == expected);
    expected = Sequence(expected.value + 1);
    if (record.entry.size() > core::limits::entry_bytes_max ||
        record.decision.size() > core::limits::decision_bytes_max) {
      return core::fail(ErrorCode::limit, fmt::format("sequence {}", record.sequence.value),
                        fmt::format("an entry of {} or a decision of {} bytes passes its bound.",
                                    record.entry.size(), record.decision.size()));
    }
    bytes += encoded_bytes_max(record);
  }
  if (records.size() > core::limits::journal_batch_records_max) {
    return core::fail(ErrorCode::limit, directory_,
                      fmt::format("a batch of {} records passes the bound of {}.", records.size(),
                                  core::limits::journal_batch_records_max));
  }
  if (const core::Status room = reserve(bytes); !room) {
    // The batch was decided: there is no way back for the caller, so there is none for the journal.
    return room.error().code == ErrorCode::limit ? room : die(room.error());
  }
  if (const core::Status written = live_->append(last_durable_, records); !written)
    return die(written.error());
  return {};
}

core::Status Journal::sync() {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  if (last_durable_ == live_->last()) return {};
  core::Status synced = live_->sync();
  if (!synced && options_.sabotage.retry_failed_sync) synced = live_->sync();
  if (!synced) return die(synced.error());
  last_durable_ = live_->last();
  return {};
}

core::Result<bool> Journal::maintain() {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  if (sealing_) {
    TRY_STATUS(finish_sealing());
  } else {
    TRY_STATUS(preparer_.step());
  }
  return !preparer_.is_ready();
}

Sequence Journal::first_sequence() const {
  if (!sealed_.is_empty()) return sealed_.at(0).header.first_sequence;
  return (sealing_ ? sealing_ : live_)->header().first_sequence;
}

std::vector<SegmentSummary> Journal::segments() const {
  std::vector<SegmentSummary> result;
  for (std::size_t i = 0; i < sealed_.size(); ++i) result.push_back(sealed_.at(i));
  if (sealing_) result.push_back(sealing_->summary());
  result.push_back(live_->summary());
  return result;
}

core::Result<SealedSegments::Place> Journal::locate(Sequence sequence) {
  for (const LiveSegment* segment : {live_.get(), sealing_.get()}) {
    if (segment && sequence >= segment->header().first_sequence) {
      return SealedSegments::Place{segment->header(), segment->position_before(sequence)};
    }
  }
  return sealed_.locate(sequence);
}

core::Result<OwnedRecord> Journal::read(Sequence sequence) {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  if (sequence > last_durable_ || sequence < first_sequence()) {
    return core::fail(ErrorCode::not_found, directory_,
                      fmt::format("sequence {} is not among the durable records {} to {}.", sequence.value,
                                  first_sequence().value, last_durable_.value));
  }
  TRY(place, locate(sequence));
  const std::string path = join_path(directory_, segment_name(place.header.first_sequence));
  std::unique_ptr<ports::File> opened;
  ports::File* file = &live_->file();
  if (place.header.first_sequence != live_->header().first_sequence) {
    TRY(sealed_file, disk_.open(path, ports::OpenMode::read));
    opened = std::move(sealed_file);
    file = opened.get();
  }
  BatchCursor cursor(*file, path, place.header, place.start, read_one_bytes);
  for (;;) {
    TRY(batch, cursor.next());
    if (!batch) break;
    if (batch->header.last_sequence() < sequence) continue;
    RecordDecoder records(batch->header, batch->payload);
    while (const std::optional<Record> record = records.next()) {
      if (record->sequence == sequence) return owned(*record);
    }
    break;
  }
  return core::fail(
      ErrorCode::corrupt, fmt::format("{}:{}", path, cursor.offset()),
      fmt::format("the batch with sequence {} is damaged; restore the file from a copy.", sequence.value));
}

core::Result<std::optional<Sequence>> Journal::find_key(Key128 key) {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  if (key.is_none()) return std::nullopt;
  for (const LiveSegment* segment : {live_.get(), sealing_.get()}) {
    if (!segment) continue;
    if (const std::optional<Sequence> found = segment->keys().find(key)) return found;
  }
  return sealed_.find_key(key);
}

core::Result<Reader> Journal::reader(Sequence from) {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  CHECK(from.value > 0 && from.value <= last_appended().value + 1);
  if (from < first_sequence()) {
    return core::fail(ErrorCode::not_found, directory_,
                      fmt::format("sequence {} was retired; the journal begins with {}.", from.value,
                                  first_sequence().value));
  }
  TRY(place, locate(from));
  return Reader(disk_, directory_, from, place.start);
}

core::Status Journal::retire(Sequence keep_from) {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  return sealed_.retire(keep_from);
}

}  // namespace tillwatch::journal
