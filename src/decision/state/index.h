// A hash index from 64-bit keyed hashes to slots of the arena: open addressing in 64-byte groups, no stored
// keys. Called by Table, the text pool and the window store, which compare the key in the slot. Grows a
// little with every insertion and never all at once; where an entry stands depends on the hash key, how pages
// are taken does not.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "state/arena.h"

namespace tillwatch::state {

class Index {
 public:
  // `arena` outlives the index. `key` is the installation's: whoever knows it could choose colliding ids.
  Index(Arena& arena, const crypto::SipKey& key) : arena_(arena), key_(key) {}
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;
  Index(Index&&) = default;

  std::uint64_t hash(std::string_view key) const { return crypto::siphash(key_, key); }
  // Fetches the line where the search for `hash` begins.
  void prefetch(std::uint64_t hash) const;
  // The first slot under `hash` for which same(Ref) holds; 0 where there is none.
  template <class Same>
  Ref find(std::uint64_t hash, Same&& same) const {
    const std::uint32_t tag = tag_of(hash);
    if (const Ref found = find_in(now_, tag, same); found != 0) return found;
    return phase_ == Phase::moving ? find_in(before_, tag, same) : 0;
  }
  // Adds a pair that is not there yet.
  void insert(std::uint64_t hash, Ref ref);
  // Removes, or points elsewhere, the pair that must be there.
  void remove(std::uint64_t hash, Ref ref);
  void replace(std::uint64_t hash, Ref from, Ref to);
  std::uint64_t size() const { return size_; }
  // Gives every slot back; the index is then empty and may be used again.
  void clear();

  void save_roots(core::ByteWriter& out) const;
  core::Status load_roots(core::ByteReader& in);

 private:
  static constexpr std::size_t width = 7;
  struct Group {  // one cache line
    std::array<std::uint32_t, width> tags;
    std::array<Ref, width> refs;  // 0 = empty
    std::uint32_t passed;         // how many live entries went past this full group
    std::uint32_t unused;
  };
  struct Array {
    std::uint32_t groups = 0;
    std::vector<Ref> segments;  // each of up to segment_groups groups
  };
  enum class Phase : std::uint8_t { steady, preparing, moving };
  static constexpr std::uint32_t segment_groups = granules_per_page - 1;

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  static std::uint32_t home(const Array& array, std::uint32_t tag) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(tag) * array.groups) >> 32);
  }
  const Group& group(const Array& array, std::uint32_t number) const {
    const Ref segment = array.segments[number / segment_groups];
    const void* at = arena_.read(segment + number % segment_groups);
    return *static_cast<const Group*>(at);
  }
  Group& group_for_write(const Array& array, std::uint32_t number);
  template <class Same>
  Ref find_in(const Array& array, std::uint32_t tag, Same& same) const {
    if (array.groups == 0) return 0;
    std::uint32_t number = home(array, tag);
    for (std::uint32_t steps = 0; steps < array.groups; ++steps) {
      const Group& here = group(array, number);
      for (std::size_t i = 0; i < width; ++i) {
        if (here.tags[i] == tag && here.refs[i] != 0 && same(here.refs[i])) return here.refs[i];
      }
      if (here.passed == 0) return 0;
      if (++number == array.groups) number = 0;
    }
    return 0;
  }
  struct Place {
    bool found = false;
    std::uint32_t group = 0;
    std::size_t slot = 0;
  };
  Place locate(const Array& array, std::uint32_t tag, Ref ref) const;
  void place(const Array& array, std::uint32_t tag, Ref ref);
  bool remove_from(const Array& array, std::uint32_t tag, Ref ref);
  void grow_a_little();
  void start_growing();
  bool add_segment(Array& array);
  void move_group();
  static void save_array(core::ByteWriter& out, const Array& array);
  core::Status load_array(core::ByteReader& in, Array& array) const;

  Arena& arena_;
  crypto::SipKey key_;
  Phase phase_ = Phase::steady;
  Array now_;     // takes insertions
  Array before_;  // while moving: what is still to be moved
  Array next_;    // while preparing: the segments taken so far; groups is the final number
  std::uint32_t moved_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace tillwatch::state
