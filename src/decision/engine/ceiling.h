// Hit-rate ceilings: how often each rule matched over the last ten thousand decisions, in blocks of a
// thousand. Called by the engine; deterministic, kept in snapshots.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
#include "policy/bundle.h"

namespace tillwatch::engine {

class Ceilings {
 public:
  static constexpr std::size_t blocks = 10;
  static constexpr std::uint32_t block_decisions = 1000;

  // Begins anew for these rules.
  void reset(std::size_t rules);
  // Before the hits of a decision: opens the next block where the last one is full.
  void begin_decision();
  void hit(std::size_t rule) { ++counts_[rule][block_]; }
  // Ends one decision. True when a block has just been filled: then is the time to ask over().
  bool end_decision();
  // Whether the rule matched in more than `ceiling_ppm` of the decisions counted, once at least one block is
  // full.
  bool over(std::size_t rule, std::uint32_t ceiling_ppm) const;

  void save(core::ByteWriter& out) const;
  core::Status load(core::ByteReader& in, std::size_t rules);

 private:
  std::vector<std::array<std::uint32_t, blocks>> counts_;
  std::size_t block_ = 0;
  std::uint32_t in_block_ = 0;
  std::uint64_t full_blocks_ = 0;
};

}  // namespace tillwatch::engine
