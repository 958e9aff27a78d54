// Growth: at 80 % the doubled array's segments are taken one an insertion (preparing), then two groups an
// insertion are moved (moving) while searches look at both. All of it depends only on the number of
// operations, not on the hashes.
#include "state/index.h"

#include <algorithm>

namespace tillwatch::state {

namespace {
constexpr std::uint32_t groups_at_first = 4;
constexpr std::uint64_t load_percent_max = 80;
constexpr int groups_moved_per_insertion = 2;
}  // namespace

Index::Group& Index::group_for_write(const Array& array, std::uint32_t number) {
  static_assert(sizeof(Group) == granule_bytes);
  void* at = arena_.write(array.segments[number / segment_groups] + number % segment_groups);
  return *static_cast<Group*>(at);
}

void Index::prefetch(std::uint64_t hash) const {
  if (now_.groups == 0) return;
  const std::uint32_t number = home(now_, tag_of(hash));
  arena_.prefetch(now_.segments[number / segment_groups] + number % segment_groups);
}

void Index::insert(std::uint64_t hash, Ref ref) {
  CHECK(ref != 0);
  grow_a_little();
  place(now_, tag_of(hash), ref);
  ++size_;
}

void Index::place(const Array& array, std::uint32_t tag, Ref ref) {
  std::uint32_t number = home(array, tag);
  for (std::uint32_t steps = 0; steps < array.groups; ++steps) {
    const Group& here = group(array, number);
    const auto empty = std::find(here.refs.begin(), here.refs.end(), Ref{0});
    Group& mine = group_for_write(array, number);
    if (empty != here.refs.end()) {
      const auto slot = static_cast<std::size_t>(empty - here.refs.begin());
      mine.tags[slot] = tag;
      mine.refs[slot] = ref;
      return;
    }
    ++mine.passed;
    if (++number == array.groups) number = 0;
  }
  constexpr bool index_has_room_for_every_entry = false;
  CHECK(index_has_room_for_every_entry);
}

Index::Place Index::locate(const Array& array, std::uint32_t tag, Ref ref) const {
  if (array.groups == 0) return {};
  std::uint32_t number = home(array, tag);
  for (std::uint32_t steps = 0; steps < array.groups; ++steps) {
    const Group& here = group(array, number);
    for (std::size_t i = 0; i < width; ++i) {
      if (here.refs[i] == ref && here.tags[i] == tag) return {true, number, i};
    }
    if (here.passed == 0) return {};
    if (++number == array.groups) number = 0;
  }
  return {};
}

bool Index::remove_from(const Array& array, std::uint32_t tag, Ref ref) {
  const Place at = locate(array, tag, ref);
  if (!at.found) return false;
  Group& mine = group_for_write(array, at.group);
  mine.tags[at.slot] = 0;
  mine.refs[at.slot] = 0;
  for (std::uint32_t number = home(array, tag); number != at.group;) {
    --group_for_write(array, number).passed;
    if (++number == array.groups) number = 0;
  }
  return true;
}

void Index::remove(std::uint64_t hash, Ref ref) {
  const std::uint32_t tag = tag_of(hash);
  const bool removed =
      remove_from(now_, tag, ref) || (phase_ == Phase::moving && remove_from(before_, tag, ref));
  CHECK(removed);
  --size_;
}

void Index::replace(std::uint64_t hash, Ref from, Ref to) {
  const std::uint32_t tag = tag_of(hash);
  const Array* array = &now_;
  Place at = locate(now_, tag, from);
  if (!at.found && phase_ == Phase::moving) {
    array = &before_;
    at = locate(before_, tag, from);
  }
  CHECK(at.found && to != 0);
  group_for_write(*array, at.group).refs[at.slot] = to;
}

bool Index::add_segment(Array& array) {
  const auto have = static_cast<std::uint32_t>(array.segments.size()) * segment_groups;
  if (have >= array.groups) return false;
  array.segments.push_back(arena_.allocate(std::min(segment_groups, array.groups - have) * granule_bytes));
  return true;
}

void Index::start_growing() {
  std::uint32_t groups = now_.groups * 2;
  // Beyond one segment, whole segments: 4, 8, ... 512, 1023, 2046, ...
  if (groups > segment_groups && now_.groups < segment_groups) groups = segment_groups;
  next_ = Array{groups, {}};
  phase_ = Phase::preparing;
}

void Index::grow_a_little() {
  if (now_.groups == 0) {
    now_.groups = groups_at_first;
    add_segment(now_);
  }
  if (phase_ == Phase::steady && size_ * 100 >= now_.groups * width * load_percent_max) start_growing();
  if (phase_ == Phase::preparing && !add_segment(next_)) {
    before_ = std::move(now_);
    now_ = std::move(next_);
    next_ = {};
    moved_ = 0;
    phase_ = Phase::moving;
  }
  for (int i = 0; i < groups_moved_per_insertion && phase_ == Phase::moving; ++i) move_group();
}

// Moves what stands in one group. The counters of the groups it once passed stay: they only make searches
// look further.
void Index::move_group() {
  const Group from = group(before_, moved_);
  Group& emptied = group_for_write(before_, moved_);
  for (std::size_t i = 0; i < width; ++i) {
    if (from.refs[i] == 0) continue;
    emptied.tags[i] = 0;
    emptied.refs[i] = 0;
    place(now_, from.tags[i], from.refs[i]);
  }
  if (++moved_ < before_.groups) return;
  for (const Ref segment : before_.segments) arena_.release(segment);
  before_ = {};
  moved_ = 0;
  phase_ = Phase::steady;
}

void Index::clear() {
  for (const Array* array : {&now_, &before_, &next_}) {
    for (const Ref segment : array->segments) arena_.release(segment);
  }
  now_ = before_ = next_ = {};
  phase_ = Phase::steady;
  moved_ = 0;
  size_ = 0;
}

void Index::save_array(core::ByteWriter& out, const Array& array) {
  out.u32(array.groups);
  out.varint(array.segments.size());
  for (const Ref segment : array.segments) out.u32(segment);
}

core::Status Index::load_array(core::ByteReader& in, Array& array) const {
  array.groups = in.u32();
  const std::uint64_t count = in.varint();
  if (!in.ok() || count > (array.groups + std::uint64_t{segment_groups} - 1) / segment_groups) {
    return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                      "an index has an impossible size; use an older snapshot");
  }
  array.segments.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    const Ref segment = in.u32();
    if (!in.ok() || segment == 0 || segment / granules_per_page >= arena_.pages()) {
      return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                        "an index points outside the snapshot; use an older snapshot");
    }
    array.segments.push_back(segment);
  }
  return {};
}

void Index::save_roots(core::ByteWriter& out) const {
  out.u8(static_cast<std::uint8_t>(phase_));
  out.u64(size_);
  out.u32(moved_);
  save_array(out, now_);
  save_array(out, before_);
  save_array(out, next_);
}

core::Status Index::load_roots(core::ByteReader& in) {
  const std::uint8_t phase = in.u8();
  size_ = in.u64();
  moved_ = in.u32();
  TRY_STATUS(load_array(in, now_));
  TRY_STATUS(load_array(in, before_));
  TRY_STATUS(load_array(in, next_));
  if (phase > static_cast<std::uint8_t>(Phase::moving) || moved_ > before_.groups) {
    return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                      "an index is in no known phase; use an older snapshot");
  }
  phase_ = static_cast<Phase>(phase);
  return {};
}

}  // namespace tillwatch::state
