#include "core/time.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace tillwatch::core {

// Howard Hinnant's public "chrono-compatible low-level date algorithms": eras of 400 years that begin on
// March 1.
std::int64_t days_from_civil(CivilDate date) {
  const std::int64_t y = static_cast<std::int64_t>(date.year) - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_div(y, 400);
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate civil_from_days(std::int64_t days) {
  const std::int64_t z = days + 719468;
  const std::int64_t era = floor_div(z, 146097);
  const std::int64_t day_of_era = z - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {static_cast<std::int32_t>(year), static_cast<std::int32_t>(month), static_cast<std::int32_t>(day)};
}

std::string format_time(TimeMs time) {
  const std::int64_t days = floor_div(time, day_ms);
  const std::int64_t in_day = floor_mod(time, day_ms);
  const CivilDate date = civil_from_days(days);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                                 in_day / hour_ms, in_day / minute_ms % 60, in_day / second_ms % 60);
  if (in_day % second_ms != 0) text += fmt::format(".{:03}", in_day % second_ms);
  return text + "Z";
}

namespace {

bool take_number(std::string_view& text, int digits, int& out) {
  if (text.size() < static_cast<std::size_t>(digits)) return false;
  out = 0;
  for (int i = 0; i < digits; ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') return false;
    out = out * 10 + (c - '0');
  }
  text.remove_prefix(static_cast<std::size_t>(digits));
  return true;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

}  // namespace

std::optional<TimeMs> parse_time(std::string_view text, bool utc_if_missing) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) || !take(text, '-') ||
      !take_number(text, 2, day))
    return std::nullopt;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  if (!take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute) || !take(text, ':') ||
      !take_number(text, 2, second))
    return std::nullopt;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
      minute > 59 || second > 59)
    return std::nullopt;
  int milliseconds = 0;
  if (take(text, '.')) {
    int digits = 0;
    for (int scale = 100; !text.empty() && text.front() >= '0' && text.front() <= '9';
         text.remove_prefix(1), scale /= 10) {
      if (++digits > 9) return std::nullopt;
      milliseconds += (text.front() - '0') * scale;
    }
    if (digits == 0) return std::nullopt;
  }
  DurationMs offset = 0;
  if (text.empty()) {
    if (!utc_if_missing) return std::nullopt;
  } else if (!take(text, 'Z') && !take(text, 'z')) {
    const bool west = text.front() == '-';
    int offset_hours = 0, offset_minutes = 0;
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    if (!take_number(text, 2, offset_hours) || !take(text, ':') || !take_number(text, 2, offset_minutes))
      return std::nullopt;
    if (offset_hours > 23 || offset_minutes > 59) return std::nullopt;
    offset = (offset_hours * hour_ms + offset_minutes * minute_ms) * (west ? -1 : 1);
  }
  if (!text.empty()) return std::nullopt;
  const TimeMs time = days_from_civil({year, month, day}) * day_ms + hour * hour_ms + minute * minute_ms +
                      second * second_ms + milliseconds - offset;
  if (time < time_min || time > time_max) return std::nullopt;
  return time;
}

namespace {
struct Unit {
  std::string_view name;
  DurationMs length;
};
constexpr std::array<Unit, 5> units{
    {{"d", day_ms}, {"h", hour_ms}, {"m", minute_ms}, {"s", second_ms}, {"ms", 1}}};
}  // namespace

std::optional<DurationMs> parse_duration(std::string_view text) {
  constexpr DurationMs longest = 36525 * day_ms;
  DurationMs total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      if (digits >= 13) return std::nullopt;
      number = number * 10 + (text[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    std::size_t letters = 0;
    while (letters < text.size() && text[letters] >= 'a' && text[letters] <= 'z') ++letters;
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);
    bool known = false;
    for (const Unit& unit : units) {
      if (unit.name != name) continue;
      if (number > longest / unit.length) return std::nullopt;
      total += number * unit.length;
      known = true;
    }
    if (!known || total > longest) return std::nullopt;
  }
  return total > 0 ? std::optional<DurationMs>(total) : std::nullopt;
}

std::string format_duration(DurationMs duration) {
  if (duration == 0) return "0s";
  std::string text;
  if (duration < 0) {
    text = "-";
    duration = -duration;
  }
  for (const Unit& unit : units) {
    if (duration < unit.length) continue;
    text += fmt::format("{}{}", duration / unit.length, unit.name);
    duration %= unit.length;
  }
  return text;
}

}  // namespace tillwatch::core
