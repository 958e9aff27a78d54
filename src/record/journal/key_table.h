// The keys of one segment in memory: key to the newest sequence that bears it. Flat, open addressing, no
// removal. Called by Journal for the live segment and the one being sealed. Never iterated in table order:
// sorted() sorts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "journal/record.h"

namespace tillwatch::journal {

// 64 well-mixed bits of a key, also where keys are not: where it stands in tables and filters.
constexpr std::uint64_t mix(Key128 key) {
  std::uint64_t z = key.high * 0x9e3779b97f4a7c15ull ^ key.low;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

struct KeyEntry {
  Key128 key;
  core::Sequence sequence;
  friend constexpr auto operator<=>(const KeyEntry&, const KeyEntry&) = default;
};

class KeyTable {
 public:
  // Takes memory for `expected` keys at once (32 bytes each at most half full); grows by doubling past it.
  explicit KeyTable(std::size_t expected = 0);
  // `key` must not be none. A key that is there already gets the new sequence.
  void put(Key128 key, core::Sequence sequence);
  std::optional<core::Sequence> find(Key128 key) const;
  std::size_t size() const { return size_; }
  std::vector<KeyEntry> sorted() const;

 private:
  std::size_t slot_of(Key128 key) const;
  void grow();

  std::vector<KeyEntry> slots_;  // a power of two of them; key none: free
  std::size_t size_ = 0;
};

}  // namespace tillwatch::journal
