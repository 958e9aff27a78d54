#include "intake/conversion.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace tillwatch::intake {
namespace {

using core::ErrorCode;

std::unexpected<core::Error> wrong(std::string detail) {
  return core::fail(ErrorCode::invalid, "", std::move(detail));
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes a sign off the front; true where it is a minus.
bool take_sign(std::string_view& text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  return minus;
}

// Collects digits towards int64 on the negative side, which is the longer one.
class Accumulator {
 public:
  void add(char digit) {
    std::int64_t next = 0;
    overflow_ = overflow_ || __builtin_mul_overflow(value_, 10, &next) ||
                __builtin_sub_overflow(next, digit - '0', &next);
    if (!overflow_) value_ = next;
    ++digits_;
  }
  int digits() const { return digits_; }
  std::optional<std::int64_t> finish(bool minus) const {
    if (overflow_ || (!minus && value_ == std::numeric_limits<std::int64_t>::min())) return std::nullopt;
    return minus ? value_ : -value_;
  }

 private:
  std::int64_t value_ = 0;
  int digits_ = 0;
  bool overflow_ = false;
};

// Groups of three after a first one of one to three: "1,234,567". False where they stand otherwise.
bool well_grouped(std::string_view whole, char group) {
  std::size_t last = whole.rfind(group);
  if (last == std::string_view::npos) return true;
  while (last != std::string_view::npos) {
    if (whole.size() - last != 4) return false;
    whole = whole.substr(0, last);
    last = whole.rfind(group);
  }
  return !whole.empty() && whole.size() <= 3;
}

}  // namespace

core::Result<std::int64_t> minor_units(std::string_view text, const DecimalForm& form) {
  const bool minus = take_sign(text);
  const std::size_t point = text.find(form.point);
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (form.group != '\0' && !well_grouped(whole, form.group))
    return wrong("is no amount: its groups of digits are not three long");
  Accumulator sum;
  for (const char c : whole) {
    if (form.group != '\0' && c == form.group) continue;
    if (!is_digit(c)) return wrong("is no amount");
    sum.add(c);
  }
  const std::size_t kept = std::min(part.size(), static_cast<std::size_t>(form.digits));
  for (const char c : part) {
    if (!is_digit(c)) return wrong("is no amount");
  }
  if (sum.digits() == 0 && part.empty()) return wrong("is no amount");
  if (part.substr(kept).find_first_not_of('0') != std::string_view::npos)
    return wrong("has more than " + std::to_string(form.digits) + " digits after the point");
  for (const char c : part.substr(0, kept)) sum.add(c);
  for (std::size_t i = kept; i < static_cast<std::size_t>(form.digits); ++i) sum.add('0');
  const std::optional<std::int64_t> value = sum.finish(minus && !form.absolute);
  if (!value) return wrong("is an amount beyond 64 bits");
  return *value;
}

core::Result<std::int64_t> whole_number(std::string_view text) {
  const bool minus = take_sign(text);
  Accumulator sum;
  for (const char c : text) {
    if (!is_digit(c)) return wrong("is no whole number");
    sum.add(c);
  }
  if (sum.digits() == 0) return wrong("is no whole number");
  const std::optional<std::int64_t> value = sum.finish(minus);
  if (!value) return wrong("is a number beyond 64 bits");
  return *value;
}

core::Result<bool> truth(std::string_view text) {
  static constexpr auto yes = std::to_array<std::string_view>({"1", "true", "yes", "y", "t"});
  static constexpr auto no = std::to_array<std::string_view>({"0", "false", "no", "n", "f"});
  const auto is = [&](std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
  };
  if (std::ranges::any_of(yes, is)) return true;
  if (std::ranges::any_of(no, is)) return false;
  return wrong("is neither true nor false");
}

core::Result<double> real_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || !std::isfinite(value))
    return wrong("is no number");
  return value;
}

core::Result<core::DurationMs> utc_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const bool shape = text.size() == 6 && (text[0] == '+' || text[0] == '-') && is_digit(text[1]) &&
                     is_digit(text[2]) && text[3] == ':' && is_digit(text[4]) && is_digit(text[5]);
  if (!shape) return wrong("is no offset such as +08:00");
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
  if (hours > 14 || minutes > 59) return wrong("is no offset such as +08:00");
  return (hours * core::hour_ms + minutes * core::minute_ms) * (text[0] == '-' ? -1 : 1);
}

namespace {

core::Result<core::TimeMs> local_time(std::string_view text, core::DurationMs offset) {
  const std::optional<core::TimeMs> time = core::parse_time(text, true);
  // A text with an offset of its own is not what was declared; it ends in a digit only where it has none or
  // +hh:mm.
  const bool own_offset = text.size() > 19 && text.find_first_of("+-Zz", 19) != std::string_view::npos;
  if (!time || own_offset) return wrong("is no time such as 2026-07-03 14:05:09");
  const core::TimeMs utc = *time - offset;
  if (utc < core::time_min || utc > core::time_max) return wrong("is a time beyond the years 1 to 9999");
  return utc;
}

core::Result<core::TimeMs> compact_time(std::string_view text, core::DurationMs offset) {
  const auto no_time = [] { return wrong("is no time such as 20260703140509"); };
  std::string digits(text.substr(0, 19));
  if (digits.size() > 8 && digits[8] == ' ') digits.erase(8, 1);  // between date and time
  if ((digits.size() != 14 && digits.size() != 17) || !std::ranges::all_of(digits, is_digit))
    return no_time();
  std::string spelled = digits.substr(0, 4) + '-' + digits.substr(4, 2) + '-' + digits.substr(6, 2) + ' ' +
                        digits.substr(8, 2) + ':' + digits.substr(10, 2) + ':' + digits.substr(12, 2);
  if (digits.size() == 17) spelled += '.' + digits.substr(14);
  const core::Result<core::TimeMs> time = local_time(spelled, offset);
  return time ? time : no_time();
}

core::Result<core::TimeMs> date_time(std::string_view text, core::DurationMs offset) {
  const auto no_date = [] { return wrong("is no date such as 2026-07-03"); };
  const bool parted = text.size() == 10 && (text[4] == '-' || text[4] == '/') && text[7] == text[4];
  if (!parted && text.size() != 8) return no_date();
  std::string digits(text);
  if (parted) digits.erase(7, 1).erase(4, 1);
  const core::Result<core::TimeMs> time = compact_time(digits + "000000", offset);
  return time ? time : no_date();
}

}  // namespace

core::Result<core::TimeMs> instant(std::string_view text, const TimeForm& form) {
  switch (form.kind) {
    case TimeForm::Kind::rfc3339: {
      const std::optional<core::TimeMs> time = core::parse_time(text);
      if (!time) return wrong("is no time such as 2026-07-03T14:05:09+08:00");
      return *time;
    }
    case TimeForm::Kind::datetime: {
      if (text.size() >= 10 && text[4] == '/' && text[7] == '/') {
        std::string dashed(text.substr(0, 40));
        dashed[4] = dashed[7] = '-';
        return local_time(dashed, form.offset);
      }
      return local_time(text, form.offset);
    }
    case TimeForm::Kind::compact:
      return compact_time(text, form.offset);
    case TimeForm::Kind::date:
      return date_time(text, form.offset);
    case TimeForm::Kind::epoch_s:
    case TimeForm::Kind::epoch_ms: {
      const core::Result<std::int64_t> number =
          form.kind == TimeForm::Kind::epoch_s ? minor_units(text, {.digits = 3}) : whole_number(text);
      if (!number) return wrong("is no number of seconds or milliseconds since 1970");
      if (*number < core::time_min || *number > core::time_max)
        return wrong(
            "is a time beyond the years 1 to 9999; are these milliseconds where seconds are declared?");
      return *number;
    }
  }
  return wrong("is no time");
}

}  // namespace tillwatch::intake
