// The next segment file: see segment_preparer.h.
#include "journal/segment_preparer.h"

#include <algorithm>

#include "core/check.h"
#include "journal/atomic_file.h"

namespace tillwatch::journal {

namespace {
constexpr std::uint64_t piece_bytes = 4ull * 1024 * 1024;
}  // namespace

SegmentPreparer::SegmentPreparer(ports::Disk& disk, std::string directory, std::uint64_t segment_bytes)
    : disk_(disk), directory_(std::move(directory)), segment_bytes_(segment_bytes) {
  path_ = join_path(directory_, "next") + std::string(temporary_suffix);
}

core::Status SegmentPreparer::fill_piece() {
  if (!file_) {
    TRY(left_over, disk_.exists(path_));
    if (left_over) TRY_STATUS(disk_.remove(path_));
    TRY(file, disk_.open(path_, ports::OpenMode::create));
    file_ = std::move(file);
    done_bytes_ = 0;
  }
  const std::uint64_t target = std::min(segment_bytes_, done_bytes_ + piece_bytes);
  TRY_STATUS(file_->preallocate(target));
  TRY_STATUS(file_->sync());
  done_bytes_ = target;
  return {};
}

core::Status SegmentPreparer::step() {
  if (is_ready()) return {};
  const core::Status status = fill_piece();
  if (!status) {
    // The space it holds is given back at once: others may need it more.
    file_.reset();
    [[maybe_unused]] const core::Status ignored = disk_.remove(path_);
  }
  return status;
}

core::Status SegmentPreparer::finish() {
  while (!is_ready()) TRY_STATUS(step());
  return {};
}

core::Result<std::unique_ptr<ports::File>> SegmentPreparer::release(const SegmentHeader& header) {
  CHECK(is_ready() && header.segment_bytes == segment_bytes_);
  std::unique_ptr<ports::File> file = std::move(file_);
  TRY_STATUS(file->write_at(0, encode_segment_header(header)));
  TRY_STATUS(file->sync());
  TRY_STATUS(disk_.rename(path_, join_path(directory_, segment_name(header.first_sequence))));
  TRY_STATUS(disk_.sync_directory(directory_));
  return file;
}

}  // namespace tillwatch::journal
