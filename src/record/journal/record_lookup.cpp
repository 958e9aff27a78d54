#include "journal/record_lookup.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "journal/atomic_file.h"

namespace tillwatch::journal {

using core::ErrorCode;
using core::Sequence;

namespace {

constexpr std::size_t walk_bytes = 1024 * 1024;
constexpr std::size_t read_bytes = 64 * 1024;

std::unexpected<core::Error> missing(const std::string& directory, Sequence sequence) {
  return core::fail(ErrorCode::not_found, directory,
                    fmt::format("no segment holds sequence {}: it was retired, or the journal is another.",
                                sequence.value));
}

}  // namespace

core::Result<Sequence> RecordLookup::segment_of(Sequence sequence) {
  TRY(names, disk_.list(directory_));
  std::optional<Sequence> first;
  for (const std::string& name : names) {
    const std::optional<Sequence> one = parse_name(name, segment_suffix);
    if (one && *one <= sequence && (!first || *first < *one)) first = one;
  }
  if (!first) return missing(directory_, sequence);
  return *first;
}

core::Result<RecordLookup::Known*> RecordLookup::open(Sequence first, ports::File& file,
                                                      const std::string& path) {
  if (const auto at = known_.find(first.value); at != known_.end()) return &at->second;
  std::string page;
  TRY_STATUS(file.read_at(0, segment_header_bytes, page));
  TRY(header, decode_segment_header(page, path));
  if (header.first_sequence != first)
    return core::fail(ErrorCode::corrupt, path,
                      "the segment's name and header tell different first sequences.");
  if (known_.size() >= segments_kept_max) known_.clear();
  Known known{header, {}, {first, segment_header_bytes}};
  return &known_.emplace(first.value, std::move(known)).first->second;
}

core::Result<OwnedRecord> RecordLookup::read(Sequence sequence) {
  TRY(first, segment_of(sequence));
  const std::string path = join_path(directory_, segment_name(first));
  TRY(file, disk_.open(path, ports::OpenMode::read));
  TRY(known, open(first, *file, path));
  const bool walked = sequence < known->reached.sequence;
  const Position start =
      walked ? known->positions.before(sequence, {first, segment_header_bytes}) : known->reached;
  BatchCursor cursor(*file, path, known->header, start, walked ? read_bytes : walk_bytes);
  while (cursor.expected() <= sequence) {
    TRY(batch, cursor.next());
    if (!batch) return missing(directory_, sequence);
    if (!walked) {
      known->positions.note({batch->header.first_sequence, batch->offset});
      known->reached = {cursor.expected(), cursor.offset()};
    }
    if (batch->header.last_sequence() < sequence) continue;
    RecordDecoder decoder(batch->header, batch->payload);
    while (const std::optional<Record> record = decoder.next())
      if (record->sequence == sequence) return owned(*record);
    return core::fail(
        ErrorCode::corrupt, fmt::format("{}:{}", path, batch->offset),
        "this batch passes its checksum but does not parse; it was written by a faulty program.");
  }
  return missing(directory_, sequence);
}

}  // namespace tillwatch::journal
