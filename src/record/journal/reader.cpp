// The stream of records: see reader.h.
#include "journal/reader.h"

#include <fmt/format.h>

#include "core/check.h"
#include "journal/atomic_file.h"
#include "journal/segment_format.h"

namespace tillwatch::journal {

using core::ErrorCode;
using core::Sequence;

namespace {
constexpr std::size_t read_ahead_bytes = 1024 * 1024;
}  // namespace

Reader::Reader(ports::Disk& disk, std::string directory, Sequence from, std::optional<Position> hint)
    : disk_(disk), directory_(std::move(directory)), next_(from), hint_(hint) {
  CHECK(from.value > 0);
}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;

core::Result<std::optional<Record>> Reader::next(Sequence limit) {
  if (failure_) return std::unexpected<core::Error>(*failure_);
  if (next_ > limit) return std::nullopt;
  core::Result<std::optional<Record>> record = step();
  if (!record) failure_ = record.error();
  return record;
}

core::Result<std::optional<Record>> Reader::step() {
  for (;;) {
    if (decoder_) {
      while (const std::optional<Record> record = decoder_->next()) {
        if (record->sequence < next_) continue;
        next_ = Sequence(record->sequence.value + 1);
        return record;
      }
      if (!decoder_->ok()) {
        return core::fail(ErrorCode::corrupt, fmt::format("{}:{}", path_, cursor_->offset()),
                          "the batch before this offset passes its checksum but does not parse; it was "
                          "written by a faulty program.");
      }
      decoder_.reset();
    }
    TRY_STATUS(next_batch());
  }
}

std::unexpected<core::Error> Reader::retired() const {
  return core::fail(
      ErrorCode::not_found, directory_,
      fmt::format("no segment holds sequence {}: it was retired, or the journal is another.", next_.value));
}

// Finds the segment that holds `next_`: the last whose name is not past it.
core::Status Reader::open_segment() {
  TRY(names, disk_.list(directory_));
  std::optional<Sequence> first;
  for (const std::string& name : names) {
    const std::optional<Sequence> sequence = parse_name(name, segment_suffix);
    if (sequence && *sequence <= next_) first = sequence;
  }
  if (!first) return retired();
  path_ = join_path(directory_, segment_name(*first));
  TRY(file, disk_.open(path_, ports::OpenMode::read));
  std::string page;
  TRY_STATUS(file->read_at(0, segment_header_bytes, page));
  TRY(header, decode_segment_header(page, path_));
  if (header.first_sequence != *first) {
    return core::fail(ErrorCode::corrupt, path_,
                      "the segment's name and header tell different first sequences.");
  }
  Position start{*first, segment_header_bytes};
  if (hint_ && hint_->sequence >= *first && hint_->sequence <= next_) start = *hint_;
  hint_.reset();
  cursor_.reset();
  file_ = std::move(file);
  cursor_ = std::make_unique<BatchCursor>(*file_, path_, header, start, read_ahead_bytes);
  semantics_version_ = header.semantics_version;
  return {};
}

core::Status Reader::next_batch() {
  if (!cursor_) TRY_STATUS(open_segment());
  TRY(batch, cursor_->next());
  if (!batch) {
    // What was asked for is durable: where this segment has no further batch, the next one begins with its
    // sequence.
    const Sequence expected = cursor_->expected();
    const std::string stopped = fmt::format("{}:{}", path_, cursor_->offset());
    const std::string following = join_path(directory_, segment_name(expected));
    TRY(there, disk_.exists(following));
    // Segments are retired oldest first: where the next one is gone, so is this one, though it can still be
    // read.
    TRY(still_here, disk_.exists(path_));
    if (!there && !still_here) return retired();
    if (!there || following == path_) {
      return core::fail(
          ErrorCode::corrupt, stopped,
          fmt::format(
              "no intact batch stands here, but sequence {} must follow; restore the file from a copy.",
              expected.value));
    }
    CHECK(expected <= next_);
    return open_segment();
  }
  decoder_.emplace(batch->header, batch->payload);
  return {};
}

}  // namespace tillwatch::journal
