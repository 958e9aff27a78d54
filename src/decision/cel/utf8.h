// Code points in and out of UTF-8, strictly: no overlong forms, no surrogates, nothing past U+10FFFF.
// Called by the lexer, the strings library and conversions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tillwatch::cel {

struct CodePoint {
  std::uint32_t value = 0;
  std::uint32_t bytes = 0;  // 0: the octets at this place are not UTF-8
};

// The code point at the front of a text that is not empty.
CodePoint first_code_point(std::string_view text);
// Appends one; `value` is a code point that may stand in a text (is_scalar_value).
void append_code_point(std::string& out, std::uint32_t value);
constexpr bool is_scalar_value(std::uint32_t v) {
  return v < 0xD800 || (v > 0xDFFF && v <= 0x10FFFF);
}
bool is_utf8(std::string_view text);
// The number of code points of a valid text.
std::size_t count_code_points(std::string_view text);
// The octet at which the code point with this number starts in a valid text; its size where there are fewer.
std::size_t octet_of(std::string_view text, std::size_t code_point);

}  // namespace tillwatch::cel
