// A map from byte strings to byte strings in the arena, iterated in the order of insertion.
// Called by the engine for registry facts, lists, card ids and recent idempotency keys. Never iterates in
// hash order.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "state/arena.h"
#include "state/index.h"

namespace tillwatch::state {

inline constexpr std::size_t table_key_bytes_max = 2 * 1024;
inline constexpr std::size_t table_value_bytes_max = 60 * 1024;

class Table {
 public:
  // A place in the iteration: 0 is the end. Valid until its pair is erased or put with a value of another
  // length.
  using Cursor = Ref;

  // `arena` outlives the table.
  Table(Arena& arena, const crypto::SipKey& key) : arena_(arena), index_(arena, key) {}

  // The value, valid until the next change of this table.
  std::optional<std::string_view> find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key).has_value(); }
  // Adds the pair at the end, or replaces the value of a key without changing its place. Limit errors only.
  core::Status put(std::string_view key, std::string_view value);
  // False where the key is unknown.
  bool erase(std::string_view key);
  std::uint64_t size() const { return index_.size(); }
  void prefetch(std::string_view key) const { index_.prefetch(index_.hash(key)); }

  // for (auto at = table.first(); at != 0; at = table.next(at)): oldest first. first() with erase() makes a
  // queue.
  Cursor first() const { return first_; }
  Cursor next(Cursor at) const;
  std::string_view key_at(Cursor at) const;
  std::string_view value_at(Cursor at) const;

  void save_roots(core::ByteWriter& out) const;
  core::Status load_roots(core::ByteReader& in);

 private:
  struct Pair {  // then the key, then the value
    Ref next, previous;
    std::uint32_t key_bytes, value_bytes;
  };
  const Pair& pair(Ref ref) const;
  Pair& pair_for_write(Ref ref);
  Ref lookup(std::uint64_t hash, std::string_view key) const;
  Ref build(std::string_view key, std::string_view value);
  void relink(Ref ref);

  Arena& arena_;
  Index index_;
  Ref first_ = 0;
  Ref last_ = 0;
};

}  // namespace tillwatch::state
