// Time as the house counts it: int64 milliseconds since 1970-01-01T00:00:00Z, and the civil calendar without
// time zones. Called by everything that has a time. Never reads a clock (ports::Clock does) and never knows a
// named zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tillwatch::core {

using TimeMs = std::int64_t;      // milliseconds since the Unix epoch, UTC
using DurationMs = std::int64_t;  // milliseconds

inline constexpr DurationMs second_ms = 1000;
inline constexpr DurationMs minute_ms = 60 * second_ms;
inline constexpr DurationMs hour_ms = 60 * minute_ms;
inline constexpr DurationMs day_ms = 24 * hour_ms;

// The span that every time in the product lies in: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z.
inline constexpr TimeMs time_min = -62135596800000;
inline constexpr TimeMs time_max = 253402300799999;

struct CivilDate {
  std::int32_t year = 1970;
  std::int32_t month = 1;  // 1..12
  std::int32_t day = 1;    // 1..31
  friend bool operator==(const CivilDate&, const CivilDate&) = default;
};

// Days since 1970-01-01 in the proleptic Gregorian calendar, and back. Exact for all years -32767..32767.
std::int64_t days_from_civil(CivilDate date);
CivilDate civil_from_days(std::int64_t days);

// Floor division for times before 1970.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}
constexpr std::int64_t floor_mod(std::int64_t a, std::int64_t b) {
  return a - floor_div(a, b) * b;
}

// 0 = Sunday .. 6 = Saturday, of the day with this number.
constexpr int weekday_of_days(std::int64_t days) {
  return static_cast<int>(floor_mod(days + 4, 7));
}

// "2026-07-03T14:05:09.123Z"; the fraction is left out where it is zero.
std::string format_time(TimeMs time);

// RFC 3339 with 'T', 't' or a space, up to nine fraction digits (cut to milliseconds), 'Z', 'z' or +hh:mm.
// Without an offset the text is taken as UTC only if `utc_if_missing`; nullopt where it is not such a time.
std::optional<TimeMs> parse_time(std::string_view text, bool utc_if_missing = false);

// "90d", "24h", "10m", "5s", "250ms" or a sum such as "1h30m"; nullopt where it is not, is zero, or passes
// 100 years.
std::optional<DurationMs> parse_duration(std::string_view text);
// The shortest such text.
std::string format_duration(DurationMs duration);

}  // namespace tillwatch::core
