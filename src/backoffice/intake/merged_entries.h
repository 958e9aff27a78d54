// Inputs in order of time, merged into one stream; entries that a mapping emits later than their row are held
// until then. Called by the replay and import commands. Memory is what the offsets span: a stated bound, and
// an error beyond it.
#pragma once

#include <cstdint>
#include <memory>
#include <queue>
#include <vector>

#include "intake/entry_stream.h"
#include "intake/held_queue.h"
#include "intake/mapped_input.h"

namespace tillwatch::intake {

class MergedEntries final : public EntryStream {
 public:
  // The inputs must outlive the stream. `held_bytes_max`: of all entries that wait. `rows_max`: as if the
  // inputs ended after so many good rows in all; 0 for no bound.
  MergedEntries(std::vector<MappedInput*> inputs, std::size_t held_bytes_max, std::uint64_t rows_max);

  core::Result<bool> next(StreamedEntry& entry) override;
  std::size_t held_bytes() const { return held_bytes_; }

 private:
  struct Lane {  // one emit of one input
    EntryOrder front;
    std::size_t queue;
  };
  struct LaterLane {
    bool operator()(const Lane& a, const Lane& b) const { return b.front < a.front; }
  };
  struct Frontier {  // how far an input has been read
    core::TimeMs time;
    std::uint32_t input;
  };
  struct LaterFrontier {
    bool operator()(const Frontier& a, const Frontier& b) const {
      return a.time != b.time ? a.time > b.time : a.input > b.input;
    }
  };
  core::Status read_row(std::uint32_t input);
  EntryOrder order_of(std::size_t queue) const;

  std::vector<MappedInput*> inputs_;
  std::size_t held_bytes_max_;
  std::uint64_t rows_left_;
  bool bounded_rows_;
  std::vector<HeldQueue> queues_;  // input * mapping_emits_max + emit
  std::priority_queue<Lane, std::vector<Lane>, LaterLane> lanes_;
  std::priority_queue<Frontier, std::vector<Frontier>, LaterFrontier> frontiers_;
  std::size_t held_bytes_ = 0;
  std::size_t taken_ = 0;  // the queue whose front was handed out
  bool taken_valid_ = false;
  RowEntries row_;
};

}  // namespace tillwatch::intake
