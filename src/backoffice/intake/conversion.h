// Texts of input files as exact values: amounts, integers, booleans, times. Called by the row mapper. Pure;
// never rounds, never guesses a format, never repeats the value in its message (it may be card data).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"

namespace tillwatch::intake {

// How an amount is written.
struct DecimalForm {
  int digits = 2;     // minor digits of the currency, 0..9: 57.16 with 2 becomes 5716
  char point = '.';   // or ','
  char group = '\0';  // thousands separator that may stand between digits left of the point; none by default
  bool absolute = false;  // the sign is dropped
};

// Exact: digits beyond form.digits must be zeros. Takes an optional sign, at least one digit. Errors:
// invalid.
core::Result<std::int64_t> minor_units(std::string_view text, const DecimalForm& form);

// An optional sign and digits. Errors: invalid (also beyond 64 bits).
core::Result<std::int64_t> whole_number(std::string_view text);

// 1/0, true/false, yes/no, y/n, t/f in any case. Errors: invalid.
core::Result<bool> truth(std::string_view text);

// A decimal number, as the nearest double. Errors: invalid (also beyond the doubles).
core::Result<double> real_number(std::string_view text);

struct TimeForm {
  enum class Kind : std::uint8_t {
    rfc3339,   // 2026-07-03T14:05:09.123+08:00: brings its own offset
    datetime,  // 2026-07-03 14:05:09[.123], also with T or with / between the date's parts: local, see offset
    compact,   // 20260703140509[123], also with one space after the date: local, see offset
    epoch_s,   // seconds since 1970, up to three digits after a point
    epoch_ms,  // milliseconds since 1970
    date,      // 2026-07-03, 2026/07/03 or 20260703: the local midnight with which the day begins, see offset
  };
  Kind kind = Kind::rfc3339;
  core::DurationMs offset = 0;  // local time minus UTC
};

// Errors: invalid.
core::Result<core::TimeMs> instant(std::string_view text, const TimeForm& form);

// "+08:00", "-03:30", "Z" as a duration. Errors: invalid.
core::Result<core::DurationMs> utc_offset(std::string_view text);

}  // namespace tillwatch::intake
