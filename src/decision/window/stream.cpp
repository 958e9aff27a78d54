// Feeding, sweeping and evicting the keys of one stream; see stream.h.
#include "window/stream.h"

namespace tillwatch::window {

using state::Ref;

namespace {
// The hash as the index needs it: only its upper half counts.
std::uint64_t hash_from(std::uint32_t tag) {
  return static_cast<std::uint64_t>(tag) << 32;
}
// How far eviction looks for an untouched key before it takes the one under the hand.
constexpr int eviction_search_max = 64;
}  // namespace

void Stream::moved(Ref from, Ref to) {
  if (from == to) return;
  index_.replace(hash_from(records_.tag(to)), from, to);
  ordinals_.set(records_.ordinal(to), to);
}

Ref Stream::create(const KeyId& key, core::TimeMs horizon) {
  const auto tag = static_cast<std::uint32_t>(key.hash >> 32);
  const Ref record = records_.create(key.id, tag, ordinals_.size(), lost_to_ > horizon ? lost_to_ : never);
  ordinals_.push(record);
  index_.insert(hash_from(tag), record);
  return record;
}

Stream::Fed Stream::insert(Ref record, const Row& row, core::TimeMs reach, const core::Sabotage& sabotage) {
  const Ref before = record;
  const core::TimeMs horizon = reach - plan_->span_ms - (sabotage.closed_old_edge ? 1 : 0);
  records_.set_touched(record, true);
  std::size_t erased = 0;
  record = records_.expire(record, horizon, erased);
  entries_ -= erased;
  Fed fed{record, false, 0};
  const bool dropped_late = sabotage.drop_late && row.time < records_.newest(record);
  if (row.time <= horizon || dropped_late) {
    moved(before, record);
    return fed;
  }
  if (row.time < records_.marks(record).dropped_to) {
    record = records_.add_to_rings(record, row, reach);
    fed.over_budget = 1;
  } else {
    record = records_.insert(record, row);
    ++entries_;
    fed.inside = true;
    const std::size_t have = records_.count(record);
    if (have > plan_->budget) {
      fed.over_budget = have - plan_->budget;
      record = records_.keep_newest(record, plan_->budget, reach);
      entries_ -= fed.over_budget;
    }
  }
  moved(before, record);
  fed.record = record;
  return fed;
}

Ref Stream::refuse_entry(Ref record, core::TimeMs time) {
  const Ref after = records_.mark_lost(record, time);
  moved(record, after);
  return after;
}

void Stream::remove(Ref record) {
  const std::uint32_t ordinal = records_.ordinal(record);
  const Ref last = ordinals_.at(ordinals_.size() - 1);
  if (last != record) {
    ordinals_.set(ordinal, last);
    records_.set_ordinal(last, ordinal);
  }
  ordinals_.pop();
  entries_ -= records_.count(record);
  index_.remove(hash_from(records_.tag(record)), record);
  records_.destroy(record);
}

std::uint64_t Stream::sweep(std::uint32_t keys, core::TimeMs horizon, Ref spare) {
  std::uint64_t removed = 0;
  for (; keys > 0 && ordinals_.size() > 0; --keys) {
    if (hand_ >= ordinals_.size()) hand_ = 0;
    const Ref record = ordinals_.at(hand_);
    const Marks marks = records_.marks(record);
    const bool alive =
        records_.newest(record) > horizon || marks.dropped_to > horizon || marks.lost_to > horizon;
    if (alive || record == spare) {
      if (record != spare) records_.set_touched(record, false);
      ++hand_;
    } else {
      remove(record);
      ++removed;
    }
  }
  // What the next sweep will look at is far from warm: ask for it now.
  for (std::uint32_t ahead = 0; ahead < 2 && hand_ + ahead < ordinals_.size(); ++ahead) {
    arena_.prefetch(ordinals_.at(hand_ + ahead));
  }
  return removed;
}

std::optional<std::uint64_t> Stream::evict_one(Ref spare) {
  if (ordinals_.size() == 0 || (ordinals_.size() == 1 && ordinals_.at(0) == spare)) return std::nullopt;
  Ref victim = 0;
  for (int step = 0; step < eviction_search_max || victim == 0; ++step) {
    if (hand_ >= ordinals_.size()) hand_ = 0;
    const Ref record = ordinals_.at(hand_);
    if (record != spare) {
      victim = record;
      if (!records_.touched(record)) break;
      records_.set_touched(record, false);
    }
    ++hand_;
  }
  const std::uint64_t entries = records_.count(victim);
  const Marks marks = records_.marks(victim);
  lost_to_ = std::max({lost_to_, records_.newest(victim), marks.dropped_to, marks.lost_to});
  remove(victim);
  return entries;
}

void Stream::remove_last() {
  remove(ordinals_.at(ordinals_.size() - 1));
}

void Stream::save_roots(core::ByteWriter& out) const {
  out.u32(hand_);
  out.u64(entries_);
  out.i64(lost_to_);
  index_.save_roots(out);
  ordinals_.save_roots(out);
}

core::Status Stream::load_roots(core::ByteReader& in) {
  hand_ = in.u32();
  entries_ = in.u64();
  lost_to_ = in.i64();
  TRY_STATUS(index_.load_roots(in));
  TRY_STATUS(ordinals_.load_roots(in));
  if (!in.ok() || index_.size() != ordinals_.size()) {
    return core::fail(core::ErrorCode::corrupt, "snapshot roots",
                      "a window stream's index and its list of keys disagree; use an older snapshot");
  }
  return {};
}

}  // namespace tillwatch::window
