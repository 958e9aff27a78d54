// How the entries of one stream lie in a block: columns side by side, each as narrow as the block's entries
// allow. Called by block.cpp and the records; derived from a StreamPlan. The bytes are described in
// docs/formats/state.md.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "window/plan.h"

namespace tillwatch::window {

inline constexpr std::size_t columns_max = core::limits::window_columns_per_stream_max;

// One entry of a stream, widened. Cells: integers, hashes and text references, in the order of the plan's
// columns.
struct Row {
  core::TimeMs time = 0;
  std::uint64_t bits = 0;
  std::array<std::uint64_t, columns_max> cells;
};

class Layout {
 public:
  explicit Layout(const StreamPlan& stream) {
    for (const ColumnPlan& column : stream.columns) {
      if (column.kind == ColumnPlan::Kind::integer) ++integers_;
      if (column.kind == ColumnPlan::Kind::text) ++texts_;
    }
    columns_ = stream.columns.size();
    const std::size_t bits = stream.filters.size() + columns_;
    bits_bytes_ = bits == 0 ? 0 : std::bit_ceil((bits + 7) / 8);
    // With every adaptive column narrow.
    const std::size_t adaptive = adaptive_columns();
    narrow_row_bytes_ = 4 + bits_bytes_ + 4 * adaptive + 8 * (integers_ - adaptive) +
                        8 * (columns_ - integers_ - texts_) + 4 * texts_;
    for (unsigned w = 0; w < row_bytes_.size(); ++w) {
      row_bytes_[w] =
          static_cast<std::uint16_t>(narrow_row_bytes_ + 4 * static_cast<std::size_t>(std::popcount(w)));
    }
  }

  std::size_t columns() const { return columns_; }
  std::size_t first_text() const { return columns_ - texts_; }
  std::size_t bits_bytes() const { return bits_bytes_; }

  // A block's widths: bit 0 the time (8 bytes, absolute; else 4, from the base), bit i + 1 integer column i
  // (8 bytes; else 4). Integer columns after the seventh are always 8 bytes.
  static constexpr std::size_t adaptive_max = 7;
  bool adaptive(std::size_t column) const { return column < integers_ && column < adaptive_max; }
  bool wide(std::uint8_t widths, std::size_t column) const {
    if (column >= first_text()) return false;
    return !adaptive(column) || ((widths >> (column + 1)) & 1) != 0;
  }
  std::size_t cell_bytes(std::uint8_t widths, std::size_t column) const {
    return wide(widths, column) ? 8 : 4;
  }
  std::size_t row_bytes(std::uint8_t widths) const { return row_bytes_[widths]; }

 private:
  std::size_t adaptive_columns() const { return integers_ < adaptive_max ? integers_ : adaptive_max; }
  std::size_t columns_ = 0;
  std::size_t integers_ = 0;
  std::size_t texts_ = 0;
  std::size_t bits_bytes_ = 0;
  std::size_t narrow_row_bytes_ = 0;
  std::array<std::uint16_t, 256> row_bytes_{};  // by widths
};

}  // namespace tillwatch::window
