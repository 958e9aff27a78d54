// One stream: the keys that features with the same kinds, key and budget share, with their entries.
// Called by Store, which decides about the caps over all streams. Owns its index, its list of keys and its
// hand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/sabotage.h"
#include "window/key.h"
#include "window/ordinals.h"
#include "window/record.h"

namespace tillwatch::window {

class Stream {
 public:
  Stream(state::Arena& arena, const StreamPlan& plan, const crypto::SipKey& key, TextPool& texts)
      : arena_(arena), plan_(&plan), records_(arena, plan, texts), index_(arena, key), ordinals_(arena) {}

  const StreamPlan& plan() const { return *plan_; }
  const Records& records() const { return records_; }
  std::uint64_t keys() const { return ordinals_.size(); }
  std::uint64_t entries() const { return entries_; }
  // The newest instant of which an entry of a key that is not here may have been lost.
  core::TimeMs lost_to() const { return lost_to_; }

  void prefetch_index(const KeyId& key) const { index_.prefetch(key.hash); }
  void prefetch(state::Ref record) const { arena_.prefetch(record); }
  state::Ref find(const KeyId& key) const {
    return index_.find(key.hash, [&](state::Ref at) { return records_.id(at) == key.id; });
  }

  struct Fed {
    state::Ref record = 0;
    bool inside =
        false;  // the entry was put among the record's (a budget may have taken it out again, as the oldest)
    std::uint64_t over_budget = 0;
  };
  state::Ref create(const KeyId& key, core::TimeMs horizon);
  // Puts the entry in its place. `record` is the key's. `reach`: see EntryInputs.
  Fed insert(state::Ref record, const Row& row, core::TimeMs reach, const core::Sabotage& sabotage);
  // The entry is not kept: windows of this key that reach back to it are unknown from now on.
  state::Ref refuse_entry(state::Ref record, core::TimeMs time);
  void refuse_key(core::TimeMs time) { lost_to_ = std::max(lost_to_, time); }

  // Looks at `keys` keys from the hand on: removes those that nothing can reach, clears the touch of the
  // others. `spare` is left alone. Returns how many keys it removed.
  std::uint64_t sweep(std::uint32_t keys, core::TimeMs horizon, state::Ref spare);
  // Removes one key that was not touched since the hand last passed (or the one under the hand after a
  // bounded search). Returns how many entries it had; nothing where there is no key but `spare`.
  std::optional<std::uint64_t> evict_one(state::Ref spare);
  // Removes the last key of the list, for a store that is being dismantled.
  void remove_last();
  void clear_index() { index_.clear(); }

  void save_roots(core::ByteWriter& out) const;
  core::Status load_roots(core::ByteReader& in);

 private:
  void moved(state::Ref from, state::Ref to);
  void remove(state::Ref record);

  state::Arena& arena_;
  const StreamPlan* plan_;
  Records records_;
  state::Index index_;
  Ordinals ordinals_;
  std::uint32_t hand_ = 0;
  std::uint64_t entries_ = 0;
  core::TimeMs lost_to_ = never;
};

}  // namespace tillwatch::window
