// Inputs in any order, sorted by an external merge sort: runs that fit the memory are sorted and, where there
// are several, written to temporary files and merged. Called by the replay and import commands for --sort.
// Stable: the order is EntryOrder's, whatever the memory. Removes its files in its destructor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/limits.h"
#include "intake/entry_stream.h"
#include "intake/mapped_input.h"
#include "ports/disk.h"

namespace tillwatch::intake {

class SortedEntries final : public EntryStream {
 public:
  struct Options {
    std::size_t memory_bytes =
        core::limits::sort_bytes_default;  // of the entries held at once, and of the merge
    std::string folder = "sort";  // for the temporary files; made where missing, files in it are named run-N
    std::uint64_t rows_max = 0;   // as if the inputs ended after so many good rows in all; 0 for no bound
  };
  // `disk` and the inputs must outlive the stream; the inputs must have been made with in_order = false.
  SortedEntries(std::vector<MappedInput*> inputs, ports::Disk& disk, Options options);
  ~SortedEntries() override;

  // The first call reads all inputs. Errors: also io of the disk, limit (too many runs for the memory).
  core::Result<bool> next(StreamedEntry& entry) override;
  std::size_t runs() const { return run_count_; }

 private:
  struct Item {
    EntryOrder order;
    std::uint32_t size;
    payment::EntryKind kind;
    std::size_t offset;  // in arena_
  };
  class Run;
  struct LaterRun;
  core::Status read_all();
  core::Status take_row(std::uint32_t input, const RowEntries& row);
  core::Status spill();
  core::Status open_runs();
  std::string run_path(std::size_t number) const;

  std::vector<MappedInput*> inputs_;
  ports::Disk& disk_;
  Options options_;
  bool read_ = false;
  std::string arena_;
  std::vector<Item> items_;
  std::size_t at_ = 0;  // in items_, where nothing was spilled
  std::size_t run_count_ = 0;
  std::vector<std::unique_ptr<Run>> runs_;
  std::vector<Run*> heap_;
  Run* taken_ = nullptr;
};

}  // namespace tillwatch::intake
