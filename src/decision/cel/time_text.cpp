// Timestamps and durations as text. Called by conversions, format() and bindings.
#include "cel/time_text.h"

#include <array>
#include <limits>

#include "core/time.h"

namespace tillwatch::cel {
namespace {

__extension__ typedef unsigned __int128 Wide;  // ISO C++ has no name for it

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads exactly `count` digits off the front.
std::optional<std::int32_t> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  std::int32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}
bool eat(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}
std::string two(std::int64_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

std::int32_t days_of_month(std::int32_t year, std::int32_t month) {
  constexpr std::array<std::int32_t, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

std::string fraction(std::uint32_t nanos) {
  if (nanos == 0) return {};
  std::string text = std::to_string(nanos);
  text.insert(0, 9 - text.size(), '0');
  text.erase(text.find_last_not_of('0') + 1);
  return "." + text;
}

std::optional<std::int64_t> seconds_of_date(std::string_view& text) {
  const auto year = digits(text, 4);
  if (!year || !eat(text, '-')) return std::nullopt;
  const auto month = digits(text, 2);
  if (!month || !eat(text, '-') || *month < 1 || *month > 12) return std::nullopt;
  const auto day = digits(text, 2);
  if (!day || *day < 1 || *day > days_of_month(*year, *month)) return std::nullopt;
  return core::days_from_civil({*year, *month, *day}) * 86400;
}

std::optional<std::int64_t> unit_of(std::string_view& text) {
  struct Unit {
    std::string_view name;
    std::int64_t nanos;
  };
  constexpr std::array<Unit, 8> units = {{{"ns", 1},
                                          {"us", 1000},
                                          {"\u00b5s", 1000},
                                          {"\u03bcs", 1000},
                                          {"ms", 1000000},
                                          {"s", nanos_per_second},
                                          {"m", 60 * nanos_per_second},
                                          {"h", 3600 * nanos_per_second}}};
  for (const Unit& unit : units) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.nanos;
  }
  return std::nullopt;
}

// One "12.5h" off the front, in nanoseconds (cut, not rounded).
std::optional<std::uint64_t> one_term(std::string_view& text) {
  Wide whole = 0;
  Wide part = 0;
  Wide scale = 1;
  bool any = false;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1), any = true) {
    whole = whole * 10 + static_cast<unsigned>(text[0] - '0');
    if (whole > std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  }
  if (eat(text, '.')) {
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1), any = true) {
      if (scale >= 1'000'000'000'000'000) continue;  // far below a nanosecond
      part = part * 10 + static_cast<unsigned>(text[0] - '0');
      scale *= 10;
    }
  }
  const auto unit = unit_of(text);
  if (!any || !unit) return std::nullopt;
  const auto nanos = static_cast<Wide>(*unit);
  const Wide total = whole * nanos + part * nanos / scale;
  if (total > std::uint64_t{1} << 63) return std::nullopt;
  return static_cast<std::uint64_t>(total);
}

}  // namespace

std::optional<Instant> parse_timestamp(std::string_view text) {
  const auto date = seconds_of_date(text);
  if (!date || !(eat(text, 'T') || eat(text, 't'))) return std::nullopt;
  const auto hour = digits(text, 2);
  if (!hour || *hour > 23 || !eat(text, ':')) return std::nullopt;
  const auto minute = digits(text, 2);
  if (!minute || *minute > 59 || !eat(text, ':')) return std::nullopt;
  const auto second = digits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  Instant result;
  if (eat(text, '.')) {
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    std::uint32_t weight = 100'000'000;
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1), weight /= 10)
      result.nanos += weight * static_cast<std::uint32_t>(text[0] - '0');
  }
  std::int64_t offset = 0;
  if (text != "Z" && text != "z") {
    const bool signed_text = text.starts_with('+') || text.starts_with('-');
    const auto east = signed_text ? parse_offset(text) : std::nullopt;
    if (!east) return std::nullopt;
    offset = *east;
  }
  result.seconds = *date + *hour * 3600 + *minute * 60 + *second - offset;
  if (!is_timestamp(result.seconds)) return std::nullopt;
  return result;
}

std::string format_timestamp(Instant instant) {
  const std::int64_t days = core::floor_div(instant.seconds, 86400);
  const std::int64_t second = core::floor_mod(instant.seconds, 86400);
  const core::CivilDate date = core::civil_from_days(days);
  std::string year = std::to_string(date.year);
  year.insert(0, year.size() < 4 ? 4 - year.size() : 0, '0');
  return year + "-" + two(date.month) + "-" + two(date.day) + "T" + two(second / 3600) + ":" +
         two(second / 60 % 60) + ":" + two(second % 60) + fraction(instant.nanos) + "Z";
}

std::optional<std::int64_t> parse_duration_text(std::string_view text) {
  const bool negative = eat(text, '-');
  if (!negative) eat(text, '+');
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  constexpr std::uint64_t least = std::uint64_t{1} << 63;
  std::uint64_t total = 0;
  while (!text.empty()) {
    const auto term = one_term(text);
    if (!term || *term > least - total) return std::nullopt;
    total += *term;
  }
  if (!negative && total == least) return std::nullopt;
  return static_cast<std::int64_t>(negative ? ~total + 1 : total);
}

std::string format_duration_text(std::int64_t nanos) {
  const std::uint64_t size =
      nanos < 0 ? ~static_cast<std::uint64_t>(nanos) + 1 : static_cast<std::uint64_t>(nanos);
  constexpr auto second = static_cast<std::uint64_t>(nanos_per_second);
  return (nanos < 0 ? "-" : "") + std::to_string(size / second) +
         fraction(static_cast<std::uint32_t>(size % second)) + "s";
}

std::optional<std::int32_t> parse_offset(std::string_view text) {
  if (text == "UTC" || text == "Z" || text.empty())
    return text.empty() ? std::nullopt : std::optional<std::int32_t>(0);
  const bool west = eat(text, '-');
  if (!west) eat(text, '+');
  const auto hours = digits(text, 2);
  if (!hours || !eat(text, ':')) return std::nullopt;
  const auto minutes = digits(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::int32_t seconds = *hours * 3600 + *minutes * 60;
  return west ? -seconds : seconds;
}

}  // namespace tillwatch::cel
