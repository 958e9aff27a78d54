// Tables from predicates, and the places of values that are no plain numbers. Called by RuleSet.
#include "cel/slot_tables.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <tuple>

#include "cel/code.h"
#include "cel/compare.h"
#include "core/check.h"

namespace tillwatch::cel {
namespace {

constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
// A table stays small enough to be computed quickly and to lie near: more columns get tables of their own.
constexpr std::size_t columns_max = 64;
constexpr std::size_t constants_max = 1024;

// The first eight octets as a number that orders like the text, as far as they tell.
std::int64_t text_key(std::string_view text) {
  const auto octet = [text](std::size_t at) {
    return std::uint64_t{static_cast<unsigned char>(text[at])} << (56 - 8 * at);
  };
  std::uint64_t key = 0;
  const std::size_t size = std::min<std::size_t>(text.size(), 8);
  for (std::size_t at = 0; at < size; ++at) key |= octet(at);
  return static_cast<std::int64_t>(key ^ (std::uint64_t{1} << 63));
}

std::int64_t real_key(double value) {
  if (value == 0) return 0;  // both zeros are one place
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits < 0 ? bits ^ greatest : bits;
}

// Ascending with the order of the values of one kind; equal values have equal keys.
std::int64_t key_of(const Value& value) {
  switch (value.kind) {
    case Kind::uinteger:
      return static_cast<std::int64_t>(value.u ^ (std::uint64_t{1} << 63));
    case Kind::real:
      return real_key(value.d);
    case Kind::text:
    case Kind::bytes:
      return text_key(value.view());
    default:
      return value.i;
  }
}

bool is_less(const Value& a, const Value& b) {
  return *compare(a, b) < 0;
}

Lane negation(Lane lane) {
  return lane == lane_true ? lane_false : lane == lane_false ? lane_true : lane;
}

}  // namespace

// Makes one table.
class SlotTables::Maker {
 public:
  Maker(SlotTables& out, std::span<Column> columns, std::uint32_t lane) : out_(out), columns_(columns) {
    table_.lane = lane;
    table_.slot = columns[0].test->slot;
    table_.blocks = static_cast<std::uint16_t>((columns.size() + lane_block - 1) / lane_block);
    for (Column& column : columns) {
      column.lane = lane++;
      const QuickPredicate& test = *column.test;
      if (test.kind != Kind::absent) table_.kind = test.kind;
      constants_.insert(constants_.end(), test.constants.begin(), test.constants.end());
    }
    std::ranges::sort(constants_, is_less);
    const auto same = [](const Value& a, const Value& b) { return *compare(a, b) == 0; };
    constants_.erase(std::unique(constants_.begin(), constants_.end(), same), constants_.end());
  }

  // Where the lanes end.
  std::uint32_t make() {
    const auto count = static_cast<std::uint32_t>(constants_.size());
    table_.steps = static_cast<std::uint8_t>(std::bit_width(count));
    table_.key = static_cast<std::uint32_t>(out_.keys_.size());
    table_.constant = static_cast<std::uint32_t>(out_.constants_.size());
    table_.constants = count;
    for (const Value& constant : constants_) out_.keys_.push_back(key_of(constant));
    const std::uint32_t room = std::uint32_t{1} << table_.steps;
    out_.keys_.resize(table_.key + room, greatest);
    out_.constants_.insert(out_.constants_.end(), constants_.begin(), constants_.end());
    table_.row = static_cast<std::uint32_t>(out_.rows_.size());
    place_all();
    put_special_rows();
    // Places past the last constant, also that of the greatest number of all, which the filling equals.
    for (std::uint32_t rank = 0; rank <= 2 * room; ++rank) put(ranked(std::min(rank, 2 * count)));
    out_.tables_.push_back(table_);
    return table_.lane + table_.blocks * lane_block;
  }

 private:
  // The places of each column's constants among all.
  void place_all() {
    for (const Column& column : columns_) {
      std::vector<std::uint32_t>& places = places_.emplace_back();
      for (const Value& constant : column.test->constants) {
        const auto at = std::ranges::lower_bound(constants_, constant, is_less);
        places.push_back(2 * static_cast<std::uint32_t>(at - constants_.begin()) + 1);
      }
      std::ranges::sort(places);
    }
  }

  Lane at_rank(std::size_t column, std::uint32_t rank) const {
    const QuickPredicate& test = *columns_[column].test;
    const std::vector<std::uint32_t>& places = places_[column];
    if (test.form == QuickPredicate::Form::presence) return lane_true;
    if (test.form == QuickPredicate::Form::member) return lane_of(std::ranges::binary_search(places, rank));
    const unsigned order = static_cast<unsigned>(rank >= places[0]) + static_cast<unsigned>(rank > places[0]);
    return lane_of(((static_cast<unsigned>(test.orders) >> order) & 1u) != 0);
  }
  Lane at_unordered(std::size_t column) const {
    const QuickPredicate& test = *columns_[column].test;
    if (test.form == QuickPredicate::Form::presence) return lane_true;
    return lane_of(test.form == QuickPredicate::Form::relation && (test.orders & order_none) != 0);
  }

  template <class Answer>
  std::string row(Answer answer) const {
    std::string lanes;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Lane lane = answer(i);
      lanes += static_cast<char>(columns_[i].negated ? negation(lane) : lane);
    }
    lanes.resize(table_.blocks * lane_block);
    return lanes;
  }
  std::string ranked(std::uint32_t rank) const {
    return row([this, rank](std::size_t column) { return at_rank(column, rank); });
  }
  void put_special_rows() {
    const auto is_presence = [this](std::size_t column) {
      return columns_[column].test->form == QuickPredicate::Form::presence;
    };
    put(row([](std::size_t) { return lane_failed; }));
    put(row([&](std::size_t column) { return is_presence(column) ? lane_false : lane_absent; }));
    put(row([&](std::size_t column) { return is_presence(column) ? lane_true : lane_untried; }));
    put(row([this](std::size_t column) { return at_unordered(column); }));
  }
  void put(const std::string& lanes) {
    const auto [at, added] = known_.try_emplace(lanes, static_cast<std::uint32_t>(out_.lanes_.size()));
    if (added)
      for (const char lane : lanes) out_.lanes_.push_back(static_cast<Lane>(lane));
    out_.rows_.push_back(at->second);
  }

  SlotTables& out_;
  std::span<Column> columns_;
  Table table_;
  std::vector<Value> constants_;
  std::vector<std::vector<std::uint32_t>> places_;
  std::map<std::string, std::uint32_t> known_;
};

std::uint32_t SlotTables::add(std::span<Column> columns, std::uint32_t lane) {
  CHECK(lane % lane_block == 0);
  // Presence has no kind of its own: it goes with the variable's first table.
  std::ranges::stable_sort(columns, [](const Column& a, const Column& b) {
    return std::tuple(a.test->slot, a.test->kind) < std::tuple(b.test->slot, b.test->kind);
  });
  for (std::size_t at = 0; at < columns.size();) {
    std::size_t constants = columns[at].test->constants.size();
    Kind kind = columns[at].test->kind;
    std::size_t end = at + 1;
    for (; end < columns.size() && end - at < columns_max; ++end) {
      const QuickPredicate& next = *columns[end].test;
      if (next.slot != columns[at].test->slot) break;
      if (kind == Kind::absent) kind = next.kind;
      constants += next.constants.size();
      if (next.kind != kind || constants > constants_max) break;
    }
    lane = Maker(*this, columns.subspan(at, end - at), lane).make();
    at = end;
  }
  return lane;
}

std::uint32_t SlotTables::table_of(std::uint32_t lane) const {
  const auto after = std::ranges::upper_bound(tables_, lane, {}, &Table::lane);
  if (after == tables_.begin()) return count();
  const Table& table = *(after - 1);
  return lane < table.lane + table.blocks * lane_block
             ? static_cast<std::uint32_t>(after - 1 - tables_.begin())
             : count();
}

std::uint32_t SlotTables::special_row(const Value& value) {
  switch (value.kind) {
    case Kind::absent:
      return absent;
    case Kind::unknown:
    case Kind::error:
      return failed;
    default:
      return other_kind;
  }
}

std::uint32_t SlotTables::careful_row(const Table& table, const Value& value) const {
  switch (value.kind) {
    case Kind::absent:
      return absent;
    case Kind::uinteger:
      return first_ranked + rank(table, key_of(value));
    case Kind::real:
      return std::isnan(value.d) ? std::uint32_t{unordered} : first_ranked + rank(table, key_of(value));
    case Kind::text:
    case Kind::bytes:
      if (value.size > quick_text_bytes_max) return other_kind;
      break;
    default:
      break;
  }
  // The keys of constants that begin alike are equal: from the first of them on, the values decide.
  std::uint32_t below = rank(table, key_of(value)) / 2;
  const Value* constants = constants_.data() + table.constant;
  for (; below < table.constants && keys_[table.key + below] == key_of(value); ++below) {
    const auto order = *compare(constants[below], value);
    if (order == 0) return first_ranked + 2 * below + 1;
    if (order > 0) break;
  }
  return first_ranked + 2 * below;
}

}  // namespace tillwatch::cel
