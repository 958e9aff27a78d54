#include "journal/copy_plan.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "journal/atomic_file.h"
#include "journal/batch_cursor.h"
#include "journal/segment_format.h"

namespace tillwatch::journal {
namespace {

using core::ErrorCode;
using core::Sequence;
using Wanted = std::function<core::Result<bool>(const Record&)>;

constexpr std::size_t read_ahead_bytes = 1024 * 1024;

struct Walked {
  std::uint64_t end = segment_header_bytes;  // behind the last batch that is taken in
  Sequence last;
  bool stopped = false;  // at a batch that is not wanted
};

core::Result<bool> is_wanted(const Batch& batch, const std::string& place, const Wanted& wanted) {
  RecordDecoder records(batch.header, batch.payload);
  while (const std::optional<Record> record = records.next()) {
    TRY(yes, wanted(*record));
    if (!yes) return false;
  }
  if (!records.ok())
    return core::fail(ErrorCode::corrupt, place, "a batch passes its checksum but does not parse");
  return true;
}

core::Result<Walked> walk(ports::File& file, const std::string& path, const SegmentHeader& header,
                          Sequence certain, const Wanted& wanted) {
  BatchCursor cursor(file, path, header, Position{header.first_sequence, segment_header_bytes},
                     read_ahead_bytes);
  Walked walked{.last = Sequence(header.first_sequence.value - 1)};
  for (;;) {
    TRY(batch, cursor.next());
    if (!batch) return walked;
    if (batch->header.first_sequence > certain) {
      TRY(yes, is_wanted(*batch, fmt::format("{}:{}", path, batch->offset), wanted));
      walked.stopped = !yes;
      if (!yes) return walked;
    }
    walked.end = cursor.offset();
    walked.last = batch->header.last_sequence();
  }
}

// A segment that is listed and gone was retired.
core::Result<std::unique_ptr<ports::File>> open_listed(ports::Disk& disk, const std::string& path) {
  auto file = disk.open(path, ports::OpenMode::read);
  if (!file && file.error().code == ErrorCode::not_found)
    return core::fail(ErrorCode::unavailable, path, "the segment was retired meanwhile: try again");
  return file;
}

}  // namespace

core::Result<CopyPlan> plan_copy(ports::Disk& disk, const std::string& directory, Sequence certain,
                                 const Wanted& wanted) {
  TRY(names, disk.list(directory));
  std::vector<Sequence> firsts;
  for (const std::string& name : names)
    if (const auto first = parse_name(name, segment_suffix)) firsts.push_back(*first);
  if (firsts.empty()) return core::fail(ErrorCode::not_found, directory, "there is no journal here");
  CopyPlan plan;
  for (std::size_t i = 0; i < firsts.size(); ++i) {
    const bool is_newest = i + 1 == firsts.size();
    const std::string path = join_path(directory, segment_name(firsts[i]));
    TRY(file, open_listed(disk, path));
    std::string page;
    TRY_STATUS(file->read_at(0, segment_header_bytes, page));
    TRY(header, decode_segment_header(page, path));
    SegmentCopy copy{segment_name(firsts[i]), header.segment_bytes, header.segment_bytes, true};
    if (!is_newest && firsts[i + 1].value <= certain.value + 1) {
      plan.last = Sequence(firsts[i + 1].value - 1);
      plan.segments.push_back(std::move(copy));
      continue;
    }
    TRY(walked, walk(*file, path, header, certain, wanted));
    if (!walked.stopped && !is_newest && walked.last.value + 1 != firsts[i + 1].value) {
      return core::fail(ErrorCode::corrupt, fmt::format("{}:{}", path, walked.end),
                        "no intact batch stands here, and a later segment follows");
    }
    plan.last = walked.last;
    if (walked.stopped || is_newest) {
      copy.bytes = walked.end;
      copy.sealed = false;
    }
    plan.segments.push_back(std::move(copy));
    if (walked.stopped) break;
  }
  if (plan.last < certain) {
    return core::fail(ErrorCode::conflict, directory,
                      fmt::format("the journal ends at {}, but {} is known to be in it: it is older than the "
                                  "database, or another one",
                                  plan.last.value, certain.value));
  }
  return plan;
}

}  // namespace tillwatch::journal
