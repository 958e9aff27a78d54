// Makes the next segment file ahead of its need: zero-filled to its full size and durable, under a temporary
// name. Called by Journal. A failure here harms nothing that was written; the next attempt begins with a new
// file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/error.h"
#include "journal/segment_format.h"
#include "ports/disk.h"

namespace tillwatch::journal {

class SegmentPreparer {
 public:
  // `disk` must outlive the preparer.
  SegmentPreparer(ports::Disk& disk, std::string directory, std::uint64_t segment_bytes);

  bool is_ready() const { return file_ != nullptr && done_bytes_ == segment_bytes_; }
  // Fills and syncs one piece of at most 4 MiB. After an error the file is dropped.
  core::Status step();
  core::Status finish();
  // Gives the prepared file its header and its final name, durably. After an error the state of the name is
  // unknown.
  core::Result<std::unique_ptr<ports::File>> release(const SegmentHeader& header);

 private:
  core::Status fill_piece();

  ports::Disk& disk_;
  std::string directory_;
  std::uint64_t segment_bytes_;
  std::string path_;
  std::unique_ptr<ports::File> file_;
  std::uint64_t done_bytes_ = 0;
};

}  // namespace tillwatch::journal
