// What a mapping file says (docs/formats/mapping.md): how a row file is written and what entries each row
// becomes. Read by read_mapping, used by the readers' wiring and the row mapper. A plain value; never holds
// data of a row.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "intake/conversion.h"
#include "payment/attribute.h"
#include "payment/entry.h"

namespace tillwatch::intake {

enum class Conversion : std::uint8_t { text, integer, decimal, boolean, time, number };

// Where a value comes from and how its text is read.
struct ValueSource {
  std::vector<std::size_t> columns;  // indexes into Mapping::columns; joined by a space; empty: a constant
  std::string constant;              // the text, where there is no column
  Conversion as = Conversion::text;
  DecimalForm decimal;                                    // Conversion::decimal
  TimeForm time;                                          // Conversion::time
  std::map<std::string, std::string, std::less<>> words;  // text map; applied first
  bool mapped = false;                                    // `words` is in force
  std::optional<std::string> other;  // for words that the map lacks; without it they are damage
  bool trim = false;                 // spaces and tabs around the text do not count
  bool required = false;             // an empty text is damage; else the attribute is absent
};

struct Assignment {
  enum class Target : std::uint8_t { attribute, extra, card_number, card_token, card_masked };
  Target target = Target::attribute;
  payment::AttributeId id = payment::AttributeId::id;  // Target::attribute
  std::string name;                                    // as written
  std::string name_space;                              // Target::card_token
  ValueSource value;
};

struct Condition {
  std::size_t column = 0;
  std::vector<std::string> any_of;  // the text is one of these ("" is an empty field)
  bool negated = false;
};

struct Emit {
  payment::EntryKind kind = payment::EntryKind::transaction;
  core::DurationMs offset = 0;  // added to the row's time and arrival
  std::vector<Condition> when;  // all must hold
  std::vector<Assignment> set;
};

struct Mapping {
  enum class Format : std::uint8_t { csv, ndjson, fixed };
  std::string name;
  std::int64_t version = 1;
  std::string client;  // namespace of the ids in the file; the name where it is not given
  Format format = Format::csv;
  char separator = ',';
  bool header = true;
  std::vector<std::string> file_columns;  // all of the file, where it has no header
  std::vector<std::size_t> widths;        // Format::fixed: bytes of each of file_columns
  std::size_t gap = 0;                    // Format::fixed: bytes between two columns
  bool gb18030 = false;                   // else UTF-8
  std::size_t preamble = 0;               // lines before the header
  std::vector<std::string> end;           // a row that begins with one of these ends the rows
  char guard = '\0';                      // dropped where a field begins with it; '\0': none
  std::string absent;                     // a field that is this text is empty; "": none
  std::vector<std::string> columns;    // those that are read: header names, or member paths ("/card/token")
  ValueSource time;                    // event time
  std::optional<ValueSource> arrival;  // order of the rows; the event time where there is none
  std::vector<Emit> emits;
};

// Errors (where = file:line:column): invalid, limit.
core::Result<Mapping> read_mapping(std::string_view text, std::string_view file);

}  // namespace tillwatch::intake
