// Header: base time in steps of 131 s since year 1 (4 bytes), start (2), count (2), widths (1); then the
// columns at full capacity: times, cells by column, bits. Nothing is aligned: every access is a memcpy, which
// the compiler turns into one move.
#include "window/block.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace tillwatch::window {

namespace {

using namespace header;

// A fresh block's narrow times reach three days back and 46 days on: lateness is rarer than progress.
constexpr core::DurationMs lateness_kept = 3 * core::day_ms;

bool fits_32(std::int64_t value) {
  return value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

// The greatest base, in whole steps, from which 32 bits still reach back to `oldest`.
std::uint32_t base_for(core::TimeMs oldest) {
  const core::TimeMs wanted = std::max(oldest, core::time_min) - std::numeric_limits<std::int32_t>::min();
  return static_cast<std::uint32_t>((wanted - core::time_min) >> base_shift);
}

template <class Narrow, class Out>
void widen(const std::byte* from, std::size_t count, std::int64_t base, std::vector<Out>& out) {
  const std::size_t had = out.size();
  out.resize(had + count);
  Out* to = out.data() + had;
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = static_cast<Out>(static_cast<std::int64_t>(load<Narrow>(from + i * sizeof(Narrow))) + base);
  }
}

}  // namespace

void Rows::clear() {
  times.clear();
  bits.clear();
  for (auto& column : cells) column.clear();
}

void Rows::insert(std::size_t at, const Row& row) {
  times.insert(times.begin() + static_cast<std::ptrdiff_t>(at), row.time);
  bits.insert(bits.begin() + static_cast<std::ptrdiff_t>(at), row.bits);
  for (std::size_t c = 0; c < cells.size(); ++c) {
    cells[c].insert(cells[c].begin() + static_cast<std::ptrdiff_t>(at), row.cells[c]);
  }
}

void Rows::erase_front(std::size_t count) {
  times.erase(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(count));
  bits.erase(bits.begin(), bits.begin() + static_cast<std::ptrdiff_t>(count));
  for (auto& column : cells)
    column.erase(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(count));
}

std::size_t Block::cells_offset(std::size_t column) const {
  const std::uint8_t w = widths();
  std::size_t bytes = time_bytes();
  for (std::size_t c = 0; c < column; ++c) bytes += layout->cell_bytes(w, c);
  return block_header_bytes + bytes * capacity();
}

std::size_t Block::bits_offset() const {
  return block_header_bytes + (layout->row_bytes(widths()) - layout->bits_bytes()) * capacity();
}

std::size_t Block::count_until(core::TimeMs until) const {
  std::size_t low = 0;
  std::size_t high = count();
  if (high > 0 && time(high - 1) <= until) return high;  // the usual case: the newest entry decides
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (time(middle) <= until) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void Block::read_times(std::size_t from, std::size_t to, std::vector<core::TimeMs>& out) const {
  const std::byte* times = at + block_header_bytes;
  if (time_bytes() == 8) {
    widen<std::int64_t>(times + (start() + from) * 8, to - from, 0, out);
  } else {
    widen<std::int32_t>(times + (start() + from) * 4, to - from, base(), out);
  }
}

void Block::read_bits(std::size_t from, std::size_t to, std::vector<std::uint64_t>& out) const {
  const std::byte* bits = at + bits_offset();
  const std::size_t first = start() + from;
  switch (layout->bits_bytes()) {
    case 0:
      out.resize(out.size() + (to - from), 0);
      return;
    case 1:
      widen<std::uint8_t>(bits + first, to - from, 0, out);
      return;
    case 2:
      widen<std::uint16_t>(bits + first * 2, to - from, 0, out);
      return;
    case 4:
      widen<std::uint32_t>(bits + first * 4, to - from, 0, out);
      return;
    default:
      widen<std::uint64_t>(bits + first * 8, to - from, 0, out);
      return;
  }
}

void Block::read_cells(std::size_t column, std::size_t from, std::size_t to,
                       std::vector<std::uint64_t>& out) const {
  const std::byte* cells = at + cells_offset(column);
  const std::size_t first = start() + from;
  if (layout->wide(widths(), column)) {
    widen<std::uint64_t>(cells + first * 8, to - from, 0, out);
  } else if (column >= layout->first_text()) {
    widen<std::uint32_t>(cells + first * 4, to - from, 0, out);
  } else {
    widen<std::int32_t>(cells + first * 4, to - from, 0, out);
  }
}

void Block::read_all(Rows& out) const {
  read_times(0, count(), out.times);
  read_bits(0, count(), out.bits);
  for (std::size_t c = 0; c < layout->columns(); ++c) read_cells(c, 0, count(), out.cells[c]);
}

void Block::read_row(std::size_t row, Row& out) const {
  out.time = time(row);
  const std::size_t slot = start() + row;
  out.bits = 0;
  std::memcpy(&out.bits, at + bits_offset() + slot * layout->bits_bytes(), layout->bits_bytes());
  for (std::size_t c = 0; c < layout->columns(); ++c) {
    const std::byte* cells = at + cells_offset(c);
    if (layout->wide(widths(), c)) {
      out.cells[c] = load<std::uint64_t>(cells + slot * 8);
    } else if (c >= layout->first_text()) {
      out.cells[c] = load<std::uint32_t>(cells + slot * 4);
    } else {
      out.cells[c] = static_cast<std::uint64_t>(std::int64_t{load<std::int32_t>(cells + slot * 4)});
    }
  }
}

void MutableBlock::set_header(std::uint32_t base, std::size_t start, std::size_t count, std::uint8_t widths) {
  store(at + base_at, base);
  set_start_and_count(start, count);
  store(at + widths_at, widths);
}

void MutableBlock::set_start_and_count(std::size_t start, std::size_t count) {
  store(at + start_at, static_cast<std::uint16_t>(start));
  store(at + count_at, static_cast<std::uint16_t>(count));
}

void MutableBlock::write_row(std::size_t slot, const Row& entry) {
  const Block mine = view();
  const std::uint8_t widths = mine.widths();
  const std::size_t capacity = mine.capacity();
  std::byte* column = at + block_header_bytes;
  if ((widths & 1) != 0) {
    store(column + slot * 8, entry.time);
    column += capacity * 8;
  } else {
    store(column + slot * 4, static_cast<std::int32_t>(entry.time - mine.base()));
    column += capacity * 4;
  }
  for (std::size_t c = 0; c < layout->columns(); ++c) {
    if (layout->wide(widths, c)) {
      store(column + slot * 8, entry.cells[c]);
      column += capacity * 8;
    } else {
      store(column + slot * 4, static_cast<std::uint32_t>(entry.cells[c]));
      column += capacity * 4;
    }
  }
  // Little-endian, like every format of the house.
  std::memcpy(column + slot * layout->bits_bytes(), &entry.bits, layout->bits_bytes());
}

// Moves slots [from, to) of every column by `by` places.
void MutableBlock::shift(std::size_t from, std::size_t to, std::ptrdiff_t by) {
  const Block mine = view();
  const std::uint8_t widths = mine.widths();
  const std::size_t capacity = mine.capacity();
  std::byte* column = at + block_header_bytes;
  const auto move = [&](std::size_t bytes) {
    const auto distance = by * static_cast<std::ptrdiff_t>(bytes);
    std::memmove(column + static_cast<std::ptrdiff_t>(from * bytes) + distance, column + from * bytes,
                 (to - from) * bytes);
    column += capacity * bytes;
  };
  move((widths & 1) != 0 ? 8 : 4);
  for (std::size_t c = 0; c < layout->columns(); ++c) move(layout->cell_bytes(widths, c));
  if (layout->bits_bytes() != 0) move(layout->bits_bytes());
}

void MutableBlock::build(const Rows& rows, std::size_t from, std::size_t to) {
  const std::uint8_t widths = widths_for(*layout, rows, from, to);
  set_header(from == to ? 0 : base_for(rows.times[from]), 0, to - from, widths);
  CHECK(to - from <= view().capacity());
  Row row;
  for (std::size_t i = from; i < to; ++i) {
    row.time = rows.times[i];
    row.bits = rows.bits[i];
    for (std::size_t c = 0; c < layout->columns(); ++c) row.cells[c] = rows.cells[c][i];
    write_row(i - from, row);
  }
}

void MutableBlock::build_empty(const Row& first) {
  std::uint8_t widths = 0;
  for (std::size_t c = 0; c < layout->columns(); ++c) {
    if (layout->adaptive(c) && !fits_32(static_cast<std::int64_t>(first.cells[c]))) {
      widths = static_cast<std::uint8_t>(widths | (1U << (c + 1)));
    }
  }
  set_header(base_for(first.time - lateness_kept), 0, 0, widths);
}

bool MutableBlock::insert(std::size_t row, const Row& entry) {
  const Block mine = view();
  const std::uint8_t widths = mine.widths();
  if ((widths & 1) == 0 && !fits_32(entry.time - mine.base())) return false;
  for (std::size_t c = 0; c < layout->columns(); ++c) {
    if (!layout->wide(widths, c) && layout->adaptive(c) &&
        !fits_32(static_cast<std::int64_t>(entry.cells[c]))) {
      return false;
    }
  }
  std::size_t start = mine.start();
  const std::size_t count = mine.count();
  const std::size_t capacity = mine.capacity();
  if (count >= capacity) return false;
  if (start + count == capacity) {
    shift(start, start + count, -static_cast<std::ptrdiff_t>(start));
    start = 0;
  }
  if (row < count) shift(start + row, start + count, 1);
  set_start_and_count(start, count + 1);
  write_row(start + row, entry);
  return true;
}

void MutableBlock::erase_front(std::size_t count) {
  const Block mine = view();
  CHECK(count <= mine.count());
  set_start_and_count(mine.start() + count, mine.count() - count);
}

std::uint8_t widths_for(const Layout& layout, const Rows& rows, std::size_t from, std::size_t to) {
  if (from == to) return 0;
  unsigned widths = fits_32(rows.times[to - 1] - base_time(base_for(rows.times[from]))) ? 0 : 1;
  for (std::size_t c = 0; c < layout.columns(); ++c) {
    if (!layout.adaptive(c)) continue;
    for (std::size_t i = from; i < to; ++i) {
      if (!fits_32(static_cast<std::int64_t>(rows.cells[c][i]))) {
        widths |= 1U << (c + 1);
        break;
      }
    }
  }
  return static_cast<std::uint8_t>(widths);
}

std::size_t payload_for(const Layout& layout, const Rows& rows, std::size_t from, std::size_t to) {
  return (to - from) * layout.row_bytes(widths_for(layout, rows, from, to));
}

}  // namespace tillwatch::window
