// Heads, marks and records of one block; see record.h. Records of several chunks: record_chunks.cpp.
// Head: id (8 bytes), tag (4), ordinal (4), flags (1); where flagged the marks: dropped_to (8), lost_to (8),
// rings (4).
#include "window/record.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tillwatch::window {

using state::Ref;

namespace {

constexpr unsigned code_shift = 4;
// The sizes of a record that keeps its entries in one block.
constexpr std::array<std::size_t, 10> inline_granules = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32};

}  // namespace

void Records::set_ordinal(Ref record, std::uint32_t ordinal) {
  store(arena_.write(record) + ordinal_at, ordinal);
}

void Records::set_touched(Ref record, bool touched) {
  const std::uint8_t had = flags(record);
  const auto wanted = static_cast<std::uint8_t>(touched ? had | flag_touched : had & ~flag_touched);
  if (wanted != had) store(arena_.write(record) + flags_at, wanted);
}

Marks Records::marks(Ref record) const {
  if (body_at(record) == marks_at) return {};
  const std::byte* at = arena_.read(record) + marks_at;
  return Marks{load<std::int64_t>(at), load<std::int64_t>(at + 8), load<Ref>(at + 16)};
}

Records::Head Records::head(Ref record) const {
  return Head{id(record), tag(record), ordinal(record), touched(record), marks(record)};
}

bool Records::has_marks(const Head& head) {
  return head.marks.dropped_to != never || head.marks.lost_to != never || head.marks.rings != 0;
}

std::size_t Records::head_bytes(const Head& head) {
  return marks_at + (has_marks(head) ? marks_bytes : 0);
}

void Records::write_head(Ref record, const Head& head, bool chunked, std::size_t slot_code) {
  std::byte* at = arena_.write(record);
  store(at + id_at, head.id);
  store(at + tag_at, head.tag);
  store(at + ordinal_at, head.ordinal);
  const unsigned flags = (head.touched ? flag_touched : 0U) | (chunked ? flag_chunked : 0U) |
                         (has_marks(head) ? flag_marks : 0U) | static_cast<unsigned>(slot_code << code_shift);
  store(at + flags_at, static_cast<std::uint8_t>(flags));
  if (!has_marks(head)) return;
  store(at + marks_at, head.marks.dropped_to);
  store(at + marks_at + 8, head.marks.lost_to);
  store(at + marks_at + 16, head.marks.rings);
}

Block Records::inline_block(Ref record) const {
  const std::byte* at = arena_.read(record);
  const std::size_t body = body_at(record);
  const std::size_t slot =
      inline_granules[load<std::uint8_t>(at + flags_at) >> code_shift] * state::granule_bytes;
  return Block{&layout_, at + body, slot - body - block_header_bytes};
}

MutableBlock Records::inline_for_write(Ref record) {
  const Block block = inline_block(record);
  return MutableBlock{&layout_, arena_.write(record) + body_at(record), block.payload_bytes};
}

// The smallest code whose slot has `bytes`, or -1.
int Records::inline_code_for(std::size_t bytes) const {
  for (std::size_t code = 0; code < inline_granules.size(); ++code) {
    if (inline_granules[code] * state::granule_bytes >= bytes) return static_cast<int>(code);
  }
  return -1;
}

Ref Records::write_inline(const Head& head, std::size_t slot_code) {
  const Ref record = arena_.allocate(inline_granules[slot_code] * state::granule_bytes);
  write_head(record, head, false, slot_code);
  inline_for_write(record).build(rows_, 0, rows_.size());
  return record;
}

Ref Records::write_rows(Ref old, const Head& head) {
  // Room for one more entry, so that the next insertion does not come back here.
  const std::size_t payload = payload_for(layout_, rows_, 0, rows_.size());
  const std::size_t one = rows_.size() == 0 ? layout_.row_bytes(0) : payload / rows_.size();
  const int code = inline_code_for(head_bytes(head) + block_header_bytes + payload + one);
  const Ref fresh = code >= 0 ? write_inline(head, static_cast<std::size_t>(code)) : write_chunks(head);
  if (old != 0) {
    release_body(old);
    arena_.release(old);
  }
  return fresh;
}

Ref Records::create(std::uint64_t id, std::uint32_t tag, std::uint32_t ordinal, core::TimeMs lost_to) {
  rows_.clear();
  return write_rows(0, Head{id, tag, ordinal, true, Marks{never, lost_to, 0}});
}

void Records::destroy(Ref record) {
  release_texts(record, count(record));
  rings_.destroy(marks(record).rings);
  release_body(record);
  arena_.release(record);
}

void Records::read_all(Ref record) {
  rows_.clear();
  each_block(record, [&](const Block& block) { block.read_all(rows_); });
}

Ref Records::insert(Ref record, const Row& row) {
  if (chunked(record)) return insert_in_chunks(record, row);
  MutableBlock block = inline_for_write(record);
  const std::size_t at = block.view().count_until(row.time);
  if (block.view().count() == 0) block.build_empty(row);
  if (block.insert(at, row)) return record;
  read_all(record);
  rows_.insert(at, row);
  return write_rows(record, head(record));
}

Ref Records::set_marks(Ref record, const Marks& marks) {
  Head mine = head(record);
  const std::size_t before = head_bytes(mine);
  mine.marks = marks;
  if (head_bytes(mine) == before) {
    const auto code = static_cast<std::size_t>(flags(record) >> code_shift);
    write_head(record, mine, chunked(record), code);
    return record;
  }
  if (chunked(record)) {
    chunks_.clear();
    for (std::size_t i = 0; i < chunk_count(record); ++i) chunks_.push_back(chunk(record, i));
    const Ref fresh = write_directory(mine, chunks_);
    arena_.release(record);
    return fresh;
  }
  read_all(record);
  return write_rows(record, mine);
}

Ref Records::mark_lost(Ref record, core::TimeMs lost_to) {
  Marks mine = marks(record);
  if (mine.lost_to >= lost_to) return record;
  mine.lost_to = lost_to;
  return set_marks(record, mine);
}

void Records::release_texts(Ref record, std::size_t count) {
  if (layout_.first_text() == layout_.columns()) return;
  each_block(record, [&](const Block& block) {
    const std::size_t here = std::min(count, block.count());
    count -= here;
    for (std::size_t c = layout_.first_text(); c < layout_.columns(); ++c) {
      cells_.clear();
      block.read_cells(c, 0, here, cells_);
      for (const std::uint64_t text : cells_) {
        if (text != 0) texts_.release(static_cast<Ref>(text));
      }
    }
  });
}

std::size_t Records::count_until(Ref record, core::TimeMs time) const {
  std::size_t result = 0;
  bool more = true;
  each_block(record, [&](const Block& block) {
    if (!more) return;
    const std::size_t here = block.count_until(time);
    result += here;
    more = here == block.count();
  });
  return result;
}

Ref Records::expire(Ref record, core::TimeMs horizon, std::size_t& erased) {
  const Marks mine = marks(record);
  if ((mine.dropped_to != never || mine.lost_to != never) && mine.dropped_to <= horizon &&
      mine.lost_to <= horizon) {
    rings_.destroy(mine.rings);
    record = set_marks(record, Marks{});
  }
  erased = count_until(record, horizon);
  return erased == 0 ? record : erase_front(record, erased);
}

Ref Records::keep_newest(Ref record, std::size_t budget, core::TimeMs reach) {
  const std::size_t have = count(record);
  if (have <= budget) return record;
  const std::size_t surplus = have - budget;
  Marks mine = marks(record);
  std::size_t left = surplus;
  Row row;
  each_block(record, [&](const Block& block) {
    for (std::size_t i = 0; i < block.count() && left > 0; ++i, --left) {
      block.read_row(i, row);
      mine.rings = rings_.add(mine.rings, row, reach);
      mine.dropped_to = std::max(mine.dropped_to, row.time);
    }
  });
  return set_marks(erase_front(record, surplus), mine);
}

Ref Records::add_to_rings(Ref record, const Row& row, core::TimeMs reach) {
  if (!rings_.any()) return record;
  Marks mine = marks(record);
  mine.rings = rings_.add(mine.rings, row, reach);
  return set_marks(record, mine);
}

core::TimeMs Records::newest(Ref record) const {
  if (count(record) == 0) return never;
  const Block block =
      chunked(record) ? chunk_block(chunk(record, chunk_count(record) - 1).ref) : inline_block(record);
  return block.time(block.count() - 1);
}

}  // namespace tillwatch::window
