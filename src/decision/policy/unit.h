// What a number counts: money in 分 or 元, milliseconds or days, a share or a percentage. Units of
// attributes, parameters and features, and what becomes of them in arithmetic. Called by the review of a
// policy and by the schema; knows no expression.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tillwatch::policy {

enum class Dimension : std::uint8_t {
  unknown,  // nothing is known: fits everything
  literal,  // a number written in the expression: takes the unit of what it meets
  bare,     // a parameter without a unit: a plain number
  money,
  time,     // a span
  instant,  // milliseconds since 1970
  ratio,
  count,
  length,
  angle,
  speed,
};

struct Unit {
  enum class Currency : std::uint8_t { any, own, base };  // of the entry, or of the installation
  Dimension dimension = Dimension::unknown;
  double scale =
      1;  // 分, ms, a share, metres are 1; 元 is 100, a minute 60000, a percentage 0.01; 0: unknown
  Currency currency = Currency::any;
  bool known() const { return dimension > Dimension::bare; }
  friend bool operator==(const Unit&, const Unit&) = default;
};

struct UnitWord {
  std::string_view word;  // as a policy writes it: "money", "share", "days"
  Unit unit;
  std::string_view text;  // for messages: "money in 分 (minor units)"
};
// All words that `unit:` may have.
std::span<const UnitWord> unit_words();
std::optional<Unit> parse_unit(std::string_view word);
// "money in 分 (minor units)", "a share (0 to 1)", "a plain number".
std::string describe(const Unit& unit);

// The unit of a product, quotient, sum or difference. `point`: the value of a literal operand.
Unit product(const Unit& a, const Unit& b, std::optional<double> a_point, std::optional<double> b_point);
Unit quotient(const Unit& a, const Unit& b, std::optional<double> b_point);
Unit sum(const Unit& a, const Unit& b, bool difference);

enum class Fit : std::uint8_t {
  fits,
  other_dimension,  // money against a count
  other_scale,      // 元 against 分
  other_currency,   // the entry's currency against the base currency
  unit_missing,     // money or time against a parameter that names no unit
};
// Whether the two may be compared or added.
Fit fit(const Unit& a, const Unit& b);

}  // namespace tillwatch::policy
