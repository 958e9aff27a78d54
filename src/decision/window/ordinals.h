// The keys of a stream in a dense list that does not depend on hashes: the order in which sweep and eviction
// walk. Called by Stream. The last key takes the place of one that leaves.
#pragma once

#include <cstdint>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
#include "state/arena.h"

namespace tillwatch::window {

class Ordinals {
 public:
  explicit Ordinals(state::Arena& arena) : arena_(arena) {}

  std::uint32_t size() const { return size_; }
  state::Ref at(std::uint32_t ordinal) const;
  void set(std::uint32_t ordinal, state::Ref record);
  // Adds at the end; its ordinal is the size before.
  void push(state::Ref record);
  void pop();

  void save_roots(core::ByteWriter& out) const;
  core::Status load_roots(core::ByteReader& in);

 private:
  static constexpr std::uint32_t per_segment = 1008;  // 4032 bytes: a size class of the arena
  state::Arena& arena_;
  std::vector<state::Ref> segments_;
  std::uint32_t size_ = 0;
};

}  // namespace tillwatch::window
