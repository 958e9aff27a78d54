// A sparse index from sequence to the offset of a batch: one position for every 16 KiB of segment, not for
// every batch. Called by the live segment and the segment index. A read walks the few batches from the
// position found.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/strong.h"

namespace tillwatch::journal {

struct Position {
  core::Sequence sequence;   // first of the batch
  std::uint64_t offset = 0;  // of the batch in the segment
  friend constexpr bool operator==(const Position&, const Position&) = default;
};

inline constexpr std::uint64_t position_spacing_bytes = 16 * 1024;

class Positions {
 public:
  Positions() = default;
  explicit Positions(std::vector<Position> all) : all_(std::move(all)) {}
  // Batches are noted in order; those too near to the last kept one are dropped.
  void note(Position position) {
    if (all_.empty() || position.offset >= all_.back().offset + position_spacing_bytes)
      all_.push_back(position);
  }
  // The last kept position whose sequence is not past `sequence`; `start` where there is none.
  Position before(core::Sequence sequence, Position start) const {
    const auto after = std::upper_bound(all_.begin(), all_.end(), sequence,
                                        [](core::Sequence s, const Position& p) { return s < p.sequence; });
    return after == all_.begin() ? start : *(after - 1);
  }
  const std::vector<Position>& all() const { return all_; }

 private:
  std::vector<Position> all_;
};

}  // namespace tillwatch::journal
