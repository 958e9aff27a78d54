#include "desk/cursor.h"

#include <charconv>
#include <utility>

#include "json/utf8.h"

namespace tillwatch::desk {
namespace {

constexpr std::size_t cursor_bytes_max = 1024;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// RFC 4648, base64url without padding.
std::string pack(std::string_view bytes) {
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = (held << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out.push_back(alphabet[(held >> (bits - 6)) & 63]);
  }
  if (bits > 0) out.push_back(alphabet[(held << (6 - bits)) & 63]);
  return out;
}

std::optional<std::string> unpack(std::string_view text) {
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = (held << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>((held >> bits) & 0xff));
    }
  }
  if (pack(out) != text) return std::nullopt;  // one text for each cursor
  return out;
}

std::optional<CursorValue> value_of(char kind, std::string_view text) {
  if (kind == 't') return json::is_utf8(text) ? std::optional<CursorValue>(std::string(text)) : std::nullopt;
  std::int64_t number = 0;
  const char* const end_wanted = text.data() + text.size();
  const auto [end, fault] = std::from_chars(text.data(), end_wanted, number);
  if (text.empty() || fault != std::errc() || end != end_wanted) return std::nullopt;
  return number;
}

}  // namespace

std::string write_cursor(std::string_view list, std::span<const CursorValue> values) {
  std::string bytes(list);
  for (const CursorValue& value : values) {
    bytes.push_back('\0');
    if (const auto* number = std::get_if<std::int64_t>(&value))
      bytes += std::to_string(*number);
    else
      bytes += std::get<std::string>(value);
  }
  return pack(bytes);
}

std::optional<std::vector<CursorValue>> read_cursor(std::string_view list, std::string_view shape,
                                                    std::string_view text) {
  if (text.size() > cursor_bytes_max) return std::nullopt;
  const auto bytes = unpack(text);
  if (!bytes || !bytes->starts_with(list)) return std::nullopt;
  std::string_view rest = std::string_view(*bytes).substr(list.size());
  std::vector<CursorValue> values;
  for (const char kind : shape) {
    if (!rest.starts_with('\0')) return std::nullopt;
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    auto value = value_of(kind, rest.substr(0, end));
    if (!value) return std::nullopt;
    values.push_back(*std::move(value));
    rest.remove_prefix(end);
  }
  if (!rest.empty()) return std::nullopt;
  return values;
}

Page Page::of(const Call& call, Query& query, std::string_view list, std::string_view shape) {
  Page page;
  if (const auto limit = query.integer("limit", 1, limit_max)) page.limit = static_cast<std::size_t>(*limit);
  if (const auto text = call.parameter("cursor")) {
    page.after = read_cursor(list, shape, *text);
    if (!page.after) query.fault("cursor", "expected what `next` of this list said");
  }
  return page;
}

void write_next(json::Writer& out, const std::optional<std::string>& cursor) {
  out.key("next");
  if (cursor)
    out.value(std::string_view(*cursor));
  else
    out.null();
}

}  // namespace tillwatch::desk
