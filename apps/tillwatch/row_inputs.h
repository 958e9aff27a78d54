// The inputs of a replay or an import: mappings read, files opened, merged or sorted into one stream. Called
// by these two commands. Owns everything that the stream borrows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "door/door.h"
#include "intake/entry_stream.h"
#include "intake/mapped_input.h"
#include "intake/mapping.h"
#include "ports/disk.h"

namespace tillwatch {

struct RowInputWishes {
  std::vector<std::string> mappings;  // one for all inputs, or one for each in their order
  std::vector<std::string> inputs;    // paths; "-" is standard input
  bool sort = false;
  bool strict = false;
  std::uint64_t rows_max = 0;  // 0: all
  std::uint64_t held_mib = 1024;
  std::uint64_t sort_mib = 256;
  std::string sort_folder;  // for temporary files; "" is the system's
};

class RowInputs {
 public:
  // `batches`: one for each input, or none (a replay). `door` and `set_aside` outlive this.
  static core::Result<std::unique_ptr<RowInputs>> open(const RowInputWishes& wishes,
                                                       const std::vector<intake::Batch>& batches,
                                                       door::Door& door, intake::SetAside& set_aside);
  ~RowInputs();
  RowInputs(const RowInputs&) = delete;
  RowInputs& operator=(const RowInputs&) = delete;

  intake::EntryStream& stream() { return *stream_; }
  // Some mapping has an arrival column: event times may lie before what has been seen.
  bool has_arrival() const;
  // Some mapping names originals.
  bool names_originals() const;
  std::uint64_t rows() const;
  std::uint64_t bytes_in() const;
  std::optional<std::uint64_t> bytes_total() const;  // nullopt where one is unknown

 private:
  RowInputs() = default;
  core::Status open_sort(const RowInputWishes& wishes, std::vector<intake::MappedInput*> inputs);

  std::vector<std::unique_ptr<intake::Mapping>> mappings_;
  std::vector<std::unique_ptr<intake::MappedInput>> inputs_;
  std::unique_ptr<ports::Disk> disk_;
  std::string temporary_;  // folder to remove at the end
  std::unique_ptr<intake::EntryStream> stream_;
};

}  // namespace tillwatch
