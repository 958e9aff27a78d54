// Beyond the budget: entries that a key can no longer keep one by one go on as sums in buckets, a ring for
// each bucketed group of features and window. Called by the records (adding) and by the evaluation (reading).
// Never loses an entry without moving the ring's own mark.
#pragma once

#include <cstdint>

#include "core/error.h"
#include "state/arena.h"
#include "window/layout.h"
#include "window/wide.h"

namespace tillwatch::window {

// The entries whose time lies in [number * width, (number + 1) * width). One granule.
struct Bucket {
  std::int64_t number = 0;
  std::uint64_t count = 0;
  std::uint64_t positive_low = 0, positive_high = 0;  // the sum of the positive values, 128 bits
  std::uint64_t negative_low = 0, negative_high = 0;  // the negated sum of the negative values
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;

  Int128 positive() const {
    return static_cast<Int128>((static_cast<Uint128>(positive_high) << 64) | positive_low);
  }
  Int128 negative() const {
    return -static_cast<Int128>((static_cast<Uint128>(negative_high) << 64) | negative_low);
  }
  void add(std::int64_t value);
};

class RingSet {
 public:
  RingSet(state::Arena& arena, const StreamPlan& plan) : arena_(arena), plan_(&plan) {}

  bool any() const { return !plan_->rings.empty(); }
  // Adds an entry to every ring it belongs to; `set` 0 makes a new set. Returns where the set is.
  state::Ref add(state::Ref set, const Row& row, core::TimeMs reach);
  void destroy(state::Ref set);

  // Calls with every bucket of a ring, oldest first.
  template <class Use>
  void each(state::Ref set, std::size_t ring, Use&& use) const {
    const state::Ref at = ring_ref(set, ring);
    const std::size_t count = at == 0 ? 0 : size(at);
    for (std::size_t i = 0; i < count; ++i) use(bucket(at, i));
  }
  // The newest instant of a ring that has been given up because the ring was full.
  core::TimeMs given_up_to(state::Ref set, std::size_t ring) const;

 private:
  struct RingHead {
    std::uint32_t size;
    std::uint32_t unused;
    core::TimeMs given_up_to;
  };
  state::Ref ring_ref(state::Ref set, std::size_t ring) const;
  std::size_t size(state::Ref at) const;
  const Bucket& bucket(state::Ref at, std::size_t number) const;
  Bucket& bucket_for_write(state::Ref at, std::size_t number);
  RingHead& head_for_write(state::Ref at);
  state::Ref make_room(state::Ref at, std::size_t position, core::DurationMs width,
                       core::TimeMs out_of_reach);
  state::Ref add_to(state::Ref at, const RingPlan& ring, const Row& row, core::TimeMs reach);

  state::Arena& arena_;
  const StreamPlan* plan_;
};

}  // namespace tillwatch::window
