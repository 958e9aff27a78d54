// Timestamps and durations as the language writes them, to the nanosecond. Called by conversions, format()
// and bindings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tillwatch::cel {

inline constexpr std::int64_t timestamp_seconds_min = -62135596800;  // 0001-01-01T00:00:00Z
inline constexpr std::int64_t timestamp_seconds_max = 253402300799;  // 9999-12-31T23:59:59Z
inline constexpr std::int64_t nanos_per_second = 1'000'000'000;

struct Instant {
  std::int64_t seconds = 0;  // since 1970, UTC
  std::uint32_t nanos = 0;
};
constexpr bool is_timestamp(std::int64_t seconds) {
  return seconds >= timestamp_seconds_min && seconds <= timestamp_seconds_max;
}

// RFC 3339 with an offset; nullopt where it is not, or lies outside the years 1 to 9999.
std::optional<Instant> parse_timestamp(std::string_view text);
// "2009-02-13T23:31:30.5Z"
std::string format_timestamp(Instant instant);
// "1h30m", "1.5h", "-3s", "100ms", "0": nanoseconds; nullopt where it is not such a text or passes about 292
// years.
std::optional<std::int64_t> parse_duration_text(std::string_view text);
// "90.5s"
std::string format_duration_text(std::int64_t nanos);
// "+11:00", "-02:30", "02:00", "UTC", "Z": seconds east; nullopt for anything else.
std::optional<std::int32_t> parse_offset(std::string_view text);

}  // namespace tillwatch::cel
