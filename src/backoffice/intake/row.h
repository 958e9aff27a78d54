// One row of an input file with the place of every field, and what is said about a row that cannot be used.
// Made by the CSV and NDJSON readers, read by the row mapper and the set-aside file. Never outlives its
// reader's next call: all texts are borrowed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace tillwatch::intake {

struct Field {
  std::string_view text;
  std::size_t offset = 0;  // of its first byte (an opening quote, where it has one) in Row::raw
  bool present = true;     // false: an NDJSON member that is missing or null
};

struct Position {
  std::uint64_t line = 0;    // physical lines of the file, from 1
  std::uint64_t column = 0;  // bytes of that line, from 1
  friend bool operator==(const Position&, const Position&) = default;
};

struct Row {
  std::uint64_t line = 0;  // where it begins
  std::string_view raw;    // verbatim, without its line break
  std::vector<Field> fields;

  Position position(std::size_t offset) const {
    Position at{line, 1};
    for (const char c : raw.substr(0, offset)) {
      ++at.column;
      if (c == '\n') at = {at.line + 1, 1};
    }
    return at;
  }
};

// Why a row is set aside.
struct Damage {
  std::size_t offset = 0;  // in Row::raw
  std::string column;      // the column's name, "" where it concerns the whole row
  std::string why;         // one clause: "'12,3' is no amount"
  std::string remedy;      // one clause: what to do
  bool cut = false;        // Row::raw holds only the beginning of the row
};

enum class RowState : std::uint8_t { row, damaged, end };

// A stream of rows. The fields of every row stand in the order of the columns that were asked for.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // Replaces `row`; with RowState::damaged also `damage`, and row.raw holds what is set aside. Errors: io,
  // corrupt (of the source), invalid (the file as a whole is not what the mapping says: header, encoding).
  virtual core::Result<RowState> next(Row& row, Damage& damage) = 0;
  // The header line as it stood in the file, for the set-aside file; "" where there is none.
  virtual std::string_view header_line() const { return {}; }
};

}  // namespace tillwatch::intake
