// UTF-8, strictly. Called by the lexer, the strings library and conversions.
#include "cel/utf8.h"

namespace tillwatch::cel {
namespace {

constexpr std::uint32_t octet(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}
constexpr bool continues(std::uint32_t octet) {
  return (octet & 0xC0) == 0x80;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const std::uint32_t lead = octet(text, 0);
  if (lead < 0x80) return {lead, 1};
  std::uint32_t size = 0;
  std::uint32_t value = 0;
  std::uint32_t least = 0;
  if ((lead & 0xE0) == 0xC0) {
    size = 2, value = lead & 0x1F, least = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    size = 3, value = lead & 0x0F, least = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    size = 4, value = lead & 0x07, least = 0x10000;
  } else {
    return {};
  }
  if (text.size() < size) return {};
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues(octet(text, i))) return {};
    value = (value << 6) | (octet(text, i) & 0x3F);
  }
  if (value < least || !is_scalar_value(value)) return {};
  return {value, size};
}

void append_code_point(std::string& out, std::uint32_t v) {
  const auto put = [&out](std::uint32_t octet_value) { out.push_back(static_cast<char>(octet_value)); };
  if (v < 0x80) {
    put(v);
  } else if (v < 0x800) {
    put(0xC0 | (v >> 6));
    put(0x80 | (v & 0x3F));
  } else if (v < 0x10000) {
    put(0xE0 | (v >> 12));
    put(0x80 | ((v >> 6) & 0x3F));
    put(0x80 | (v & 0x3F));
  } else {
    put(0xF0 | (v >> 18));
    put(0x80 | ((v >> 12) & 0x3F));
    put(0x80 | ((v >> 6) & 0x3F));
    put(0x80 | (v & 0x3F));
  }
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.bytes == 0) return false;
    text.remove_prefix(point.bytes);
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += continues(static_cast<unsigned char>(c)) ? 0u : 1u;
  return count;
}

std::size_t octet_of(std::string_view text, std::size_t code_point) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (continues(octet(text, i))) continue;
    if (seen == code_point) return i;
    ++seen;
  }
  return text.size();
}

}  // namespace tillwatch::cel
