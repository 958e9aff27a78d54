// A set is a slot of ring references; a ring is a head granule and its buckets in order, one granule each.
#include "window/bucket.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace tillwatch::window {

using state::Ref;

void Bucket::add(std::int64_t value) {
  minimum = count == 0 ? value : std::min(minimum, value);
  maximum = count == 0 ? value : std::max(maximum, value);
  ++count;
  const auto magnitude =
      static_cast<std::uint64_t>(value < 0 ? -static_cast<Int128>(value) : static_cast<Int128>(value));
  std::uint64_t& low = value < 0 ? negative_low : positive_low;
  std::uint64_t& high = value < 0 ? negative_high : positive_high;
  low += magnitude;
  high += low < magnitude ? 1 : 0;
}

Ref RingSet::ring_ref(Ref set, std::size_t ring) const {
  Ref at = 0;
  std::memcpy(&at, arena_.read(set) + ring * sizeof(Ref), sizeof at);
  return at;
}

std::size_t RingSet::size(Ref at) const {
  const void* head = arena_.read(at);
  return static_cast<const RingHead*>(head)->size;
}

core::TimeMs RingSet::given_up_to(Ref set, std::size_t ring) const {
  const Ref at = ring_ref(set, ring);
  if (at == 0) return std::numeric_limits<core::TimeMs>::min();
  const void* head = arena_.read(at);
  return static_cast<const RingHead*>(head)->given_up_to;
}

// Each bucket is a granule of its own after the head's.
const Bucket& RingSet::bucket(Ref at, std::size_t number) const {
  static_assert(sizeof(Bucket) == state::granule_bytes);
  const void* here = arena_.read(at) + (number + 1) * state::granule_bytes;
  return *static_cast<const Bucket*>(here);
}

Bucket& RingSet::bucket_for_write(Ref at, std::size_t number) {
  void* here = arena_.write(at) + (number + 1) * state::granule_bytes;
  return *static_cast<Bucket*>(here);
}

RingSet::RingHead& RingSet::head_for_write(Ref at) {
  void* head = arena_.write(at);
  return *static_cast<RingHead*>(head);
}

// Opens a place at `position`: out of what is out of reach, a larger slot, or the oldest bucket. The caller
// has checked that the new bucket is not older than what was given up.
Ref RingSet::make_room(Ref at, std::size_t position, core::DurationMs width, core::TimeMs out_of_reach) {
  const std::size_t have = size(at);
  const auto end_of = [&](std::size_t number) { return (bucket(at, number).number + 1) * width - 1; };
  std::size_t stale = 0;
  while (stale < have && stale < position && end_of(stale) <= out_of_reach) ++stale;
  if (have - stale == core::limits::window_buckets_per_ring_max) {
    RingHead& head = head_for_write(at);
    head.given_up_to = std::max(head.given_up_to, end_of(stale));
    ++stale;
  }
  const std::size_t kept = have - stale;
  Ref to = at;
  if ((kept + 2) * state::granule_bytes > arena_.slot_bytes(at)) {
    to = arena_.allocate((kept + 2 + kept / 4) * state::granule_bytes);
    head_for_write(to) = head_for_write(at);
  }
  std::byte* into = arena_.write(to) + state::granule_bytes;
  const std::byte* from = arena_.read(at) + state::granule_bytes;
  const std::size_t before = (position - stale) * state::granule_bytes;
  const std::size_t after = (have - position) * state::granule_bytes;
  // In one slot the two parts move in opposite directions at most; the part that would be overwritten goes
  // first.
  const std::byte* tail = from + position * state::granule_bytes;
  std::byte* tail_to = into + before + state::granule_bytes;
  if (tail_to > tail) {
    std::memmove(tail_to, tail, after);
    std::memmove(into, from + stale * state::granule_bytes, before);
  } else {
    std::memmove(into, from + stale * state::granule_bytes, before);
    std::memmove(tail_to, tail, after);
  }
  head_for_write(to).size = static_cast<std::uint32_t>(kept + 1);
  if (to != at) arena_.release(at);
  return to;
}

Ref RingSet::add_to(Ref at, const RingPlan& ring, const Row& row, core::TimeMs reach) {
  if (at == 0) {
    at = arena_.allocate(4 * state::granule_bytes);
    head_for_write(at) = RingHead{0, 0, std::numeric_limits<core::TimeMs>::min()};
  }
  const std::int64_t number = core::floor_div(row.time, ring.bucket_ms);
  const auto end = (number + 1) * ring.bucket_ms - 1;
  std::size_t position = size(at);
  while (position > 0 && bucket(at, position - 1).number > number) --position;
  const bool there = position > 0 && bucket(at, position - 1).number == number;
  RingHead& head = head_for_write(at);
  if (!there && end <= head.given_up_to) return at;
  if (!there && position == 0 && head.size == core::limits::window_buckets_per_ring_max) {
    head.given_up_to = std::max(head.given_up_to, end);
    return at;
  }
  const std::uint16_t column = plan_->moments[ring.moments].column;
  const std::int64_t value = column == no_column ? 0 : static_cast<std::int64_t>(row.cells[column]);
  if (there) {
    bucket_for_write(at, position - 1).add(value);
    return at;
  }
  const core::TimeMs out_of_reach = reach - look_back_of(plan_->windows[ring.window]);
  const std::size_t had = size(at);
  at = make_room(at, position, ring.bucket_ms, out_of_reach);
  position -= had + 1 - size(at);
  Bucket& fresh = bucket_for_write(at, position);
  fresh = Bucket{};
  fresh.number = number;
  fresh.add(value);
  return at;
}

Ref RingSet::add(Ref set, const Row& row, core::TimeMs reach) {
  if (!any()) return set;
  if (set == 0) set = arena_.allocate(plan_->rings.size() * sizeof(Ref));
  for (std::size_t i = 0; i < plan_->rings.size(); ++i) {
    const RingPlan& ring = plan_->rings[i];
    const std::uint64_t mask = plan_->moments[ring.moments].mask;
    if ((row.bits & mask) != mask) continue;
    const Ref at = add_to(ring_ref(set, i), ring, row, reach);
    std::memcpy(arena_.write(set) + i * sizeof(Ref), &at, sizeof at);
  }
  return set;
}

void RingSet::destroy(Ref set) {
  if (set == 0) return;
  for (std::size_t i = 0; i < plan_->rings.size(); ++i) {
    if (const Ref at = ring_ref(set, i); at != 0) arena_.release(at);
  }
  arena_.release(set);
}

}  // namespace tillwatch::window
