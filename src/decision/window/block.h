// A run of entries in order of (time, sequence) inside one slot: a small header and columns.
// Called by the records. Knows nothing of keys, budgets or the arena; what it cannot hold it refuses, and the
// caller rebuilds it wider or larger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "window/layout.h"
#include "window/raw.h"

namespace tillwatch::window {

// Entries taken out of blocks, widened: what rebuilding, splitting and merging work on.
struct Rows {
  std::vector<core::TimeMs> times;
  std::vector<std::uint64_t> bits;
  std::vector<std::vector<std::uint64_t>> cells;  // by column

  explicit Rows(std::size_t columns) : cells(columns) {}
  std::size_t size() const { return times.size(); }
  void clear();
  void insert(std::size_t at, const Row& row);
  void erase_front(std::size_t count);
};

inline constexpr std::size_t block_header_bytes = 9;

// Where the header's fields are, and what the base counts: steps of 2^17 ms = 131 s, so that years 1 to 9999
// fit 32 bits.
namespace header {
inline constexpr std::size_t base_at = 0, start_at = 4, count_at = 6, widths_at = 8;
inline constexpr int base_shift = 17;
}  // namespace header
inline core::TimeMs base_time(std::uint32_t steps) {
  return core::time_min + static_cast<core::TimeMs>(static_cast<std::uint64_t>(steps) << header::base_shift);
}

// A view of a block at `at`, which has `payload_bytes` for columns after its header.
struct Block {
  const Layout* layout = nullptr;
  const std::byte* at = nullptr;
  std::size_t payload_bytes = 0;

  core::TimeMs base() const { return base_time(load<std::uint32_t>(at + header::base_at)); }
  std::size_t start() const { return load<std::uint16_t>(at + header::start_at); }
  std::size_t count() const { return load<std::uint16_t>(at + header::count_at); }
  std::uint8_t widths() const { return load<std::uint8_t>(at + header::widths_at); }
  std::size_t capacity() const { return payload_bytes / layout->row_bytes(widths()); }

  core::TimeMs time(std::size_t row) const {
    const std::byte* times = at + block_header_bytes;
    const std::size_t slot = start() + row;
    if (time_bytes() == 8) return load<std::int64_t>(times + slot * 8);
    return base() + load<std::int32_t>(times + slot * 4);
  }
  // How many entries have a time at or before `time`.
  std::size_t count_until(core::TimeMs time) const;
  // Appends rows [from, to) to a column kept outside.
  void read_times(std::size_t from, std::size_t to, std::vector<core::TimeMs>& out) const;
  void read_bits(std::size_t from, std::size_t to, std::vector<std::uint64_t>& out) const;
  void read_cells(std::size_t column, std::size_t from, std::size_t to,
                  std::vector<std::uint64_t>& out) const;
  void read_all(Rows& out) const;
  void read_row(std::size_t row, Row& out) const;

 private:
  friend struct MutableBlock;
  std::size_t time_bytes() const { return (widths() & 1) != 0 ? 8 : 4; }
  std::size_t cells_offset(std::size_t column) const;
  std::size_t bits_offset() const;
};

struct MutableBlock {
  const Layout* layout = nullptr;
  std::byte* at = nullptr;
  std::size_t payload_bytes = 0;

  Block view() const { return Block{layout, at, payload_bytes}; }
  // Writes rows [from, to) of `rows` as the whole content. They must fit: see payload_for().
  void build(const Rows& rows, std::size_t from, std::size_t to);
  // An empty block that suits an entry of that time.
  void build_empty(const Row& first);
  // False (and nothing changes) where the block is full or the entry needs a wider column.
  bool insert(std::size_t row, const Row& entry);
  void erase_front(std::size_t count);

 private:
  void set_header(std::uint32_t base, std::size_t start, std::size_t count, std::uint8_t widths);
  void set_start_and_count(std::size_t start, std::size_t count);
  void shift(std::size_t from, std::size_t to, std::ptrdiff_t by);
  void write_row(std::size_t slot, const Row& entry);
};

// The widths that rows [from, to) need, and how many bytes of payload they take.
std::uint8_t widths_for(const Layout& layout, const Rows& rows, std::size_t from, std::size_t to);
std::size_t payload_for(const Layout& layout, const Rows& rows, std::size_t from, std::size_t to);

}  // namespace tillwatch::window
