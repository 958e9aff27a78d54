// Numbers as decimal text, both ways, the same on every machine and without a locale. Called by lexer,
// conversions, format() and the batch output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tillwatch::cel {

// Decimal or exponent form, sign, "inf", "infinity", "nan" in any case. Too small is zero, too large is
// nullopt.
std::optional<double> parse_double(std::string_view text);
std::optional<std::int64_t> parse_int(std::string_view text);    // [+-]digits
std::optional<std::uint64_t> parse_uint(std::string_view text);  // digits

// The shortest text that reads back as the same number: exponent form below 1e-4 and from 1e21 or, where
// `early`, from 1e6.
// "+Inf", "-Inf", "NaN" for what is not finite.
std::string format_double(double value, bool early);
// The shortest such text without an exponent.
std::string format_plain(double value);
// Exactly `digits` after the point (half to even on the exact binary value), and the same with one digit
// before it.
std::string format_fixed(double value, int digits);
std::string format_exponent(double value, int digits);

}  // namespace tillwatch::cel
