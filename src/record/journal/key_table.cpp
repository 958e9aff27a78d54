// The keys of one segment in memory: see key_table.h.
#include "journal/key_table.h"

#include <algorithm>
#include <bit>

#include "core/check.h"

namespace tillwatch::journal {

KeyTable::KeyTable(std::size_t expected) : slots_(std::bit_ceil(std::max<std::size_t>(16, expected * 2))) {}

std::size_t KeyTable::slot_of(Key128 key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(mix(key)) & mask;
  while (!slots_[at].key.is_none() && slots_[at].key != key) at = (at + 1) & mask;
  return at;
}

void KeyTable::put(Key128 key, core::Sequence sequence) {
  CHECK(!key.is_none());
  if (size_ * 2 >= slots_.size()) grow();
  KeyEntry& slot = slots_[slot_of(key)];
  if (slot.key.is_none()) ++size_;
  slot = {key, sequence};
}

std::optional<core::Sequence> KeyTable::find(Key128 key) const {
  if (key.is_none()) return std::nullopt;
  const KeyEntry& slot = slots_[slot_of(key)];
  if (slot.key.is_none()) return std::nullopt;
  return slot.sequence;
}

std::vector<KeyEntry> KeyTable::sorted() const {
  std::vector<KeyEntry> result;
  result.reserve(size_);
  for (const KeyEntry& slot : slots_) {
    if (!slot.key.is_none()) result.push_back(slot);
  }
  std::sort(result.begin(), result.end());
  return result;
}

void KeyTable::grow() {
  std::vector<KeyEntry> old(slots_.size() * 2);
  old.swap(slots_);
  for (const KeyEntry& slot : old) {
    if (!slot.key.is_none()) slots_[slot_of(slot.key)] = slot;
  }
}

}  // namespace tillwatch::journal
