// Numbers as text by std::to_chars and std::from_chars, which know no locale. Called by lexer, conversions
// and format().
#include "cel/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tillwatch::cel {
namespace {

bool same_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

// Of a decimal text that is out of range: is it too small (rather than too large)?
bool is_tiny(std::string_view text) {
  std::int64_t exponent = 0;
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (read.ec != std::errc{}) return digits.starts_with('-');
    text = text.substr(0, e);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t first = text.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  const std::int64_t place = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  return exponent < -place;  // the sum of the two may not fit
}

struct Decimal {
  bool negative = false;
  std::string digits;  // without point, first digit not zero but for zero itself
  int exponent = 0;    // of the first digit
};

Decimal shortest(double value) {
  std::array<char, 40> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  Decimal result;
  result.negative = text.starts_with('-');
  if (result.negative) text.remove_prefix(1);
  const std::size_t e = text.find('e');
  for (const char c : text.substr(0, e))
    if (c != '.') result.digits.push_back(c);
  std::string_view exponent = text.substr(e + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), result.exponent);
  return result;
}

std::string plain(const Decimal& decimal) {
  std::string out = decimal.negative ? "-" : "";
  const auto count = static_cast<int>(decimal.digits.size());
  if (decimal.exponent < 0) {
    out += "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0') + decimal.digits;
  } else if (decimal.exponent >= count - 1) {
    out += decimal.digits + std::string(static_cast<std::size_t>(decimal.exponent - count + 1), '0');
  } else {
    const auto before = static_cast<std::size_t>(decimal.exponent + 1);
    out += decimal.digits.substr(0, before) + "." + decimal.digits.substr(before);
  }
  return out;
}

std::string scientific(const Decimal& decimal) {
  std::string out = decimal.negative ? "-" : "";
  out += decimal.digits[0];
  if (decimal.digits.size() > 1) out += "." + decimal.digits.substr(1);
  const int magnitude = decimal.exponent < 0 ? -decimal.exponent : decimal.exponent;
  out += decimal.exponent < 0 ? "e-" : "e+";
  if (magnitude < 10) out += "0";
  return out + std::to_string(magnitude);
}

std::string by_to_chars(double value, int digits, std::chars_format form) {
  std::string buffer(static_cast<std::size_t>(digits) + 400, '\0');
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, form, digits).ptr;
  buffer.resize(static_cast<std::size_t>(end - buffer.data()));
  return buffer;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
  std::string_view body = text;
  const bool negative = body.starts_with('-');
  if (negative || body.starts_with('+')) body.remove_prefix(1);
  const double sign = negative ? -1.0 : 1.0;
  if (same_word(body, "inf") || same_word(body, "infinity"))
    return sign * std::numeric_limits<double>::infinity();
  if (same_word(body, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (body.empty() || !((body[0] >= '0' && body[0] <= '9') || body[0] == '.')) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (end != body.data() + body.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    if (!is_tiny(body)) return std::nullopt;
    value = 0;
  } else if (error != std::errc{}) {
    return std::nullopt;
  }
  return sign * value;
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_uint(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string format_double(double value, bool early) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  const Decimal decimal = shortest(value);
  const int last = early ? 6 : 21;
  return decimal.exponent < -4 || decimal.exponent >= last ? scientific(decimal) : plain(decimal);
}

std::string format_plain(double value) {
  return plain(shortest(value));
}

std::string format_fixed(double value, int digits) {
  return by_to_chars(value, digits, std::chars_format::fixed);
}

std::string format_exponent(double value, int digits) {
  return by_to_chars(value, digits, std::chars_format::scientific);
}

}  // namespace tillwatch::cel
