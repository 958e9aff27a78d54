// POSIX TZ rules: what a zone file says about the years after its table ends. Called by zone_files.cpp.
#include <array>
#include <charconv>

#include "core/time.h"
#include "zone_files.h"

namespace tillwatch {
namespace {

class Rule {
 public:
  explicit Rule(std::string_view text) : text_(text) {}

  std::optional<std::int32_t> offset(std::int64_t seconds) {
    const auto standard = zone();
    if (!standard) return std::nullopt;
    if (text_.empty()) return standard;
    auto summer = *standard + 3600;
    if (!name()) return std::nullopt;
    if (!text_.empty() && text_[0] != ',') {
      const auto given = time();
      if (!given) return std::nullopt;
      summer = -*given;
    }
    const std::int32_t year = core::civil_from_days(core::floor_div(seconds + *standard, 86400)).year;
    const auto start = date(year);
    const auto end = date(year);
    if (!start || !end || !text_.empty()) return std::nullopt;
    const std::int64_t from = *start - *standard;
    const std::int64_t to = *end - summer;
    const bool in_summer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to;
    return in_summer ? summer : *standard;
  }

 private:
  bool eat(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool name() {
    const bool angled = eat('<');
    std::size_t size = 0;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (size < text_.size() && (angled ? text_[size] != '>' : letter(text_[size]))) ++size;
    text_.remove_prefix(size);
    return size > 0 && (!angled || eat('>'));
  }
  std::optional<std::int32_t> number() {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc{} || value < 0 || value > 400) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return value;
  }
  // [+-]hh[:mm[:ss]] in seconds.
  std::optional<std::int32_t> time() {
    const bool minus = eat('-');
    if (!minus) eat('+');
    const auto hours = number();
    if (!hours) return std::nullopt;
    std::int32_t total = *hours * 3600;
    for (std::int32_t unit = 60; unit > 0 && eat(':'); unit /= 60) {
      const auto part = number();
      if (!part) return std::nullopt;
      total += *part * unit;
    }
    return minus ? -total : total;
  }
  std::optional<std::int32_t> zone() {
    if (!name()) return std::nullopt;
    const auto west = time();
    return west ? std::optional(-*west) : std::nullopt;
  }

  // ",Mm.w.d[/time]", ",Jn[/time]" or ",n[/time]": local seconds since 1970.
  std::optional<std::int64_t> date(std::int32_t year) {
    if (!eat(',')) return std::nullopt;
    std::int64_t days = 0;
    if (eat('M')) {
      const auto month = number();
      if (!month || *month < 1 || *month > 12 || !eat('.')) return std::nullopt;
      const auto week = number();
      if (!week || *week < 1 || *week > 5 || !eat('.')) return std::nullopt;
      const auto weekday = number();
      if (!weekday || *weekday > 6) return std::nullopt;
      days = weekday_of_month(year, *month, *week, *weekday);
    } else {
      const bool julian = eat('J');
      const auto day = number();
      if (!day) return std::nullopt;
      const bool leap = core::days_from_civil({year, 3, 1}) - core::days_from_civil({year, 2, 1}) == 29;
      const std::int32_t skipped = julian ? (leap && *day >= 60 ? 0 : -1) : 0;
      days = core::days_from_civil({year, 1, 1}) + *day + skipped;
    }
    std::int32_t at = 7200;
    if (eat('/')) {
      const auto given = time();
      if (!given) return std::nullopt;
      at = *given;
    }
    return days * 86400 + at;
  }
  static std::int64_t weekday_of_month(std::int32_t year, std::int32_t month, std::int32_t week,
                                       std::int32_t weekday) {
    const std::int64_t first = core::days_from_civil({year, month, 1});
    const std::int64_t next_month =
        month == 12 ? core::days_from_civil({year + 1, 1, 1}) : core::days_from_civil({year, month + 1, 1});
    std::int64_t day = first + (weekday - core::weekday_of_days(first) + 7) % 7 + 7 * (week - 1);
    while (day >= next_month) day -= 7;
    return day;
  }

  std::string_view text_;
};

}  // namespace

std::optional<std::int32_t> offset_by_rule(std::string_view rule, std::int64_t seconds) {
  return Rule(rule).offset(seconds);
}

}  // namespace tillwatch
