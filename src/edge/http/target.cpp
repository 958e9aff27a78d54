#include "http/target.h"

#include <algorithm>
#include <charconv>

#include "json/utf8.h"

namespace tillwatch::http {

namespace {

// The byte that two hexadecimal digits stand for, or -1.
int hex_byte(std::string_view text) {
  if (text.size() < 2) return -1;
  unsigned value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + 2, value, 16);
  return ec == std::errc() && end == text.data() + 2 ? static_cast<int>(value) : -1;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int byte = hex_byte(text.substr(i + 1));
      if (byte < 0) return std::nullopt;
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  if (!json::is_utf8(out) || has_control(out)) return std::nullopt;
  return out;
}

core::Result<std::vector<std::string>> split_path(std::string_view path) {
  if (!path.starts_with('/')) return core::fail(core::ErrorCode::invalid, "path", "a path begins with '/'");
  std::vector<std::string> segments;
  path.remove_prefix(1);
  while (!path.empty() || !segments.empty()) {
    const std::size_t end = path.find('/');
    auto segment = percent_decode(path.substr(0, end));
    if (!segment)
      return core::fail(core::ErrorCode::invalid, "path", "a segment of the path cannot be decoded");
    segments.push_back(std::move(*segment));
    if (end == std::string_view::npos) break;
    path.remove_prefix(end + 1);
  }
  return segments;
}

core::Result<Parameters> split_query(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = percent_decode(part.substr(0, equals), true);
    auto value = percent_decode(part.substr(std::min(equals + 1, part.size())), true);
    if (!name || !value)
      return core::fail(core::ErrorCode::invalid, "query", "a parameter cannot be decoded");
    if (find_parameter(parameters, *name)) {
      return core::fail(core::ErrorCode::invalid, "query",
                        "the parameter " + *name + " is repeated; write it once");
    }
    parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

std::optional<std::string_view> find_parameter(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace tillwatch::http
