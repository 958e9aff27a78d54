// All that a stream keeps for one key: a head, marks of what was lost, and the entries, in one block or in
// chunks. Called by Stream (stream.h). Owns every slot it hangs on a record. Never decides what to drop: it
// does as told.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "state/arena.h"
#include "window/block.h"
#include "window/bucket.h"
#include "window/layout.h"
#include "window/raw.h"
#include "window/text_pool.h"

namespace tillwatch::window {

inline constexpr core::TimeMs never = std::numeric_limits<core::TimeMs>::min();

// What the entries at hand do not tell. Kept while a window can reach back to it.
struct Marks {
  core::TimeMs dropped_to =
      never;  // the newest entry that the budget has taken out (bucketed streams have it in rings)
  core::TimeMs lost_to = never;  // the newest entry that may have been lost to a cap
  state::Ref rings = 0;          // see bucket.h
};

class Records {
 public:
  Records(state::Arena& arena, const StreamPlan& plan, TextPool& texts)
      : arena_(arena), layout_(plan), rings_(arena, plan), texts_(texts), rows_(plan.columns.size()) {}

  // References change when a record grows or shrinks: every call that may move it returns where it is now.
  state::Ref create(std::uint64_t id, std::uint32_t tag, std::uint32_t ordinal, core::TimeMs lost_to);
  void destroy(state::Ref record);
  state::Ref insert(state::Ref record, const Row& row);
  // Takes out entries at or before `horizon`, and marks that lie there; `erased` counts the entries.
  state::Ref expire(state::Ref record, core::TimeMs horizon, std::size_t& erased);
  // Takes out the oldest entries until `budget` are left; they go into the rings, and dropped_to remembers
  // the newest.
  state::Ref keep_newest(state::Ref record, std::size_t budget, core::TimeMs reach);
  // An entry older than dropped_to: straight into the rings.
  state::Ref add_to_rings(state::Ref record, const Row& row, core::TimeMs reach);
  state::Ref mark_lost(state::Ref record, core::TimeMs lost_to);

  std::uint64_t id(state::Ref record) const { return load<std::uint64_t>(arena_.read(record) + id_at); }
  // The upper half of the key's hash.
  std::uint32_t tag(state::Ref record) const { return load<std::uint32_t>(arena_.read(record) + tag_at); }
  std::uint32_t ordinal(state::Ref record) const {
    return load<std::uint32_t>(arena_.read(record) + ordinal_at);
  }
  void set_ordinal(state::Ref record, std::uint32_t ordinal);
  bool touched(state::Ref record) const { return (flags(record) & flag_touched) != 0; }
  void set_touched(state::Ref record, bool touched);
  Marks marks(state::Ref record) const;
  std::size_t count(state::Ref record) const;
  // never where there are no entries.
  core::TimeMs newest(state::Ref record) const;
  const RingSet& rings() const { return rings_; }
  const Layout& layout() const { return layout_; }

  // Calls with every block, oldest first.
  template <class Use>
  void each_block(state::Ref record, Use&& use) const {
    if (!chunked(record)) return use(inline_block(record));
    const std::size_t chunks = chunk_count(record);
    for (std::size_t i = 0; i < chunks; ++i) use(chunk_block(chunk(record, i).ref));
  }

 private:
  struct Head {
    std::uint64_t id = 0;
    std::uint32_t tag = 0;
    std::uint32_t ordinal = 0;
    bool touched = false;
    Marks marks;
  };
  struct Chunk {
    core::TimeMs first = 0;
    state::Ref ref = 0;
    std::uint16_t count = 0;
  };
  static constexpr std::size_t chunk_bytes = 2048;
  static constexpr std::size_t chunk_payload = chunk_bytes - block_header_bytes;

  // The head's fields; see record.cpp.
  static constexpr std::size_t id_at = 0, tag_at = 8, ordinal_at = 12, flags_at = 16, marks_at = 17;
  static constexpr std::size_t marks_bytes = 20;
  static constexpr std::uint8_t flag_touched = 1, flag_chunked = 2, flag_marks = 4;
  std::uint8_t flags(state::Ref record) const { return load<std::uint8_t>(arena_.read(record) + flags_at); }
  bool chunked(state::Ref record) const { return (flags(record) & flag_chunked) != 0; }
  std::size_t body_at(state::Ref record) const {
    return marks_at + ((flags(record) & flag_marks) != 0 ? marks_bytes : 0);
  }
  Head head(state::Ref record) const;
  static bool has_marks(const Head& head);
  static std::size_t head_bytes(const Head& head);
  void write_head(state::Ref record, const Head& head, bool chunked, std::size_t slot_code);
  Block inline_block(state::Ref record) const;
  MutableBlock inline_for_write(state::Ref record);
  Block chunk_block(state::Ref ref) const { return Block{&layout_, arena_.read(ref), chunk_payload}; }
  MutableBlock chunk_for_write(state::Ref ref) {
    return MutableBlock{&layout_, arena_.write(ref), chunk_payload};
  }
  std::size_t chunk_count(state::Ref record) const;
  Chunk chunk(state::Ref record, std::size_t number) const;
  void set_chunk(state::Ref record, std::size_t number, const Chunk& chunk);
  void set_totals(state::Ref record, std::size_t total, std::size_t chunks);

  // Writes rows_ (all of them) as a new record in place of `old` (0 = none), inline or in chunks, as small as
  // fits.
  state::Ref write_rows(state::Ref old, const Head& head);
  state::Ref write_inline(const Head& head, std::size_t slot_code);
  state::Ref write_chunks(const Head& head);
  // rows_ [from, to) as chunks, appended to `out`.
  void build_chunks(std::size_t from, std::size_t to, std::vector<Chunk>& out);
  state::Ref write_directory(const Head& head, std::span<const Chunk> chunks);
  state::Ref set_marks(state::Ref record, const Marks& marks);
  state::Ref insert_in_chunks(state::Ref record, const Row& row);
  state::Ref append_chunk(state::Ref record, const Row& row);
  state::Ref rebuild_chunk(state::Ref record, std::size_t number, std::size_t at, const Row& row);
  state::Ref erase_front(state::Ref record, std::size_t count);
  std::size_t count_until(state::Ref record, core::TimeMs time) const;
  void read_all(state::Ref record);
  void release_texts(state::Ref record, std::size_t count);
  void release_body(state::Ref record);
  int inline_code_for(std::size_t bytes) const;

  state::Arena& arena_;
  Layout layout_;
  RingSet rings_;
  TextPool& texts_;
  Rows rows_;                         // scratch
  std::vector<Chunk> chunks_;         // scratch
  std::vector<std::uint64_t> cells_;  // scratch
};

}  // namespace tillwatch::window
