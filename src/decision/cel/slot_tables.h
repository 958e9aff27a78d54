// All predicates on one variable answered at once: its value's place among their constants names a row of
// lanes that was computed when the policy was loaded. Called by RuleSet.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "cel/lane.h"
#include "cel/quick_predicate.h"
#include "cel/value.h"

namespace tillwatch::cel {

class SlotTables {
 public:
  // One predicate, or its negation where gates want that, and the lane it got.
  struct Column {
    const QuickPredicate* test = nullptr;
    bool negated = false;
    std::uint32_t lane = 0;
  };

  // Makes tables for these columns, whose lanes begin at `lane` and are written into them; returns the end of
  // the lanes. Columns of the same variable need not stand together. Texts and bytes among the constants must
  // outlive this.
  std::uint32_t add(std::span<Column> columns, std::uint32_t lane);

  std::uint32_t count() const { return static_cast<std::uint32_t>(tables_.size()); }
  std::uint32_t slot(std::uint32_t table) const { return tables_[table].slot; }
  // The table that a lane belongs to; count() where it is of none.
  std::uint32_t table_of(std::uint32_t lane) const;

  // Writes all lanes of a table for this value: what the predicates' programs would answer; absent
  // or failed where they would fail, untried where they have to be asked.
  void fill(std::uint32_t table, const Value& value, Lane* lanes) const {
    fill(tables_[table], value, lanes);
  }
  // All tables from `first` to before `end`, with values from `load(slot)`.
  template <class Load>
  void fill(std::uint32_t first, std::uint32_t end, Load load, Lane* lanes) const {
    for (std::uint32_t table = first; table < end; ++table)
      fill(tables_[table], load(tables_[table].slot), lanes);
  }

 private:
  enum Row : std::uint32_t { failed, absent, other_kind, unordered, first_ranked };
  struct Table {
    std::uint32_t slot = 0;
    Kind kind = Kind::absent;    // of the constants; absent: presence only
    std::uint8_t steps = 0;      // 2^steps - 1 is at least the number of keys
    std::uint16_t blocks = 0;    // of lanes in a row
    std::uint32_t lane = 0;      // of the first column
    std::uint32_t key = 0;       // first in keys_
    std::uint32_t constant = 0;  // first in constants_
    std::uint32_t constants = 0;
    std::uint32_t row = 0;  // first in rows_: where the lanes of each Row are
  };
  class Maker;

  void fill(const Table& table, const Value& value, Lane* lanes) const {
    const Lane* from = lanes_.data() + rows_[table.row + row_of(table, value)];
    Lane* to = lanes + table.lane;
    for (unsigned block = 0; block < table.blocks; ++block, from += lane_block, to += lane_block)
      std::memcpy(to, from, lane_block);
  }
  std::uint32_t row_of(const Table& table, const Value& value) const {
    if (value.kind != table.kind) return special_row(value);
    if (value.kind == Kind::integer || value.kind == Kind::boolean || value.kind == Kind::duration)
      return first_ranked + rank(table, value.i);
    return careful_row(table, value);
  }
  // Twice the number of keys below the value, and one more where it equals the next.
  std::uint32_t rank(const Table& table, std::int64_t key) const {
    const std::int64_t* keys = keys_.data() + table.key;
    std::size_t below = 0;
    for (std::size_t half = (std::size_t{1} << table.steps) >> 1; half != 0; half >>= 1)
      below += half & (0 - static_cast<std::size_t>(keys[below + half - 1] < key));
    return static_cast<std::uint32_t>(2 * below + static_cast<std::size_t>(keys[below] == key));
  }
  static std::uint32_t special_row(const Value& value);
  std::uint32_t careful_row(const Table& table, const Value& value) const;

  std::vector<Table> tables_;
  std::vector<std::int64_t> keys_;  // of each table 2^steps, ascending, filled up with the greatest number
  std::vector<Value> constants_;    // of each table, ascending: for kinds whose key does not tell everything
  std::vector<std::uint32_t> rows_;
  std::vector<Lane> lanes_;
};

}  // namespace tillwatch::cel
