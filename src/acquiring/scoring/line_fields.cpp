#include "scoring/line_fields.h"

#include <fmt/format.h>

#include <cmath>

#include "json/fault.h"

namespace tillwatch::scoring {
namespace {

using core::ErrorCode;

// The column (from 1) at which the value of the root's member begins, in a line that is known to be JSON.
std::size_t column_of(std::string_view line, std::string_view name) {
  int depth = 0;
  std::size_t begin = 0;
  bool inside = false, is_name = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (inside) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        inside = false;
        if (is_name && line.substr(begin, i - begin) == name) {
          const std::size_t at = line.find_first_not_of(" \t", line.find(':', i) + 1);
          return at == std::string_view::npos ? 1 : at + 1;
        }
        is_name = false;
      }
      continue;
    }
    if (c == '"') {
      inside = true;
      begin = i + 1;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == '{' || c == ',') is_name = depth == 1;
    if (c == ':') is_name = false;
  }
  return 1;
}

}  // namespace

core::Result<LineFields> LineFields::parse(std::string_view line, std::string_view place,
                                           std::size_t bytes_max) {
  if (line.size() > bytes_max)
    return core::fail(ErrorCode::limit, fmt::format("{}:{}", place, bytes_max + 1),
                      fmt::format("the line is longer than {} bytes", bytes_max));
  json::Bounds bounds;
  bounds.bytes_max = bytes_max;
  json::Reader reader(bounds);
  auto root = reader.parse(line);
  if (!root) {
    const auto fault = json::find_fault(line, bounds);
    const std::size_t column = fault ? fault->offset + 1 : 1;
    return core::fail(root.error().code, fmt::format("{}:{}", place, column),
                      fault ? fault->detail : root.error().detail);
  }
  if (!root->is(json::Kind::object))
    return core::fail(ErrorCode::invalid, fmt::format("{}:1", place), "expected an object on each line");
  return LineFields(std::move(reader), *root, line, place);
}

std::unexpected<core::Error> LineFields::wrong(std::string_view name, std::string detail,
                                               ErrorCode code) const {
  return core::fail(code, fmt::format("{}:{}", place_, column_of(line_, name)),
                    fmt::format("{}: {}", name, detail));
}

core::Result<json::View> LineFields::member(std::string_view name) const {
  if (auto found = root_.find(name)) return *found;
  return wrong(name, "is missing");
}

core::Result<std::string_view> LineFields::text(std::string_view name, std::size_t bytes_max) const {
  TRY(value, member(name));
  const auto text = value.as_string();
  if (!text) return wrong(name, "expected a text");
  if (text->empty() || text->size() > bytes_max)
    return wrong(name, fmt::format("expected 1 to {} bytes", bytes_max), ErrorCode::limit);
  return *text;
}

core::Result<std::int64_t> LineFields::integer(std::string_view name, std::int64_t least,
                                               std::int64_t most) const {
  TRY(value, member(name));
  const auto number = value.as_integer();
  if (!number || *number < least || *number > most)
    return wrong(name, fmt::format("expected a whole number from {} to {}", least, most));
  return *number;
}

core::Result<double> LineFields::number(std::string_view name) const {
  TRY(value, member(name));
  const auto number = value.as_double();
  if (!number || !std::isfinite(*number)) return wrong(name, "expected a number");
  return *number;
}

core::Result<bool> LineFields::boolean(std::string_view name) const {
  TRY(value, member(name));
  const auto flag = value.as_boolean();
  if (!flag) return wrong(name, "expected true or false");
  return *flag;
}

core::Result<core::TimeMs> LineFields::time(std::string_view name) const {
  TRY(words, text(name));
  const auto time = core::parse_time(words);
  if (!time) return wrong(name, "expected a time such as 2026-03-01T08:00:00Z");
  return *time;
}

core::Result<json::View> LineFields::array(std::string_view name) const {
  TRY(value, member(name));
  if (!value.is(json::Kind::array)) return wrong(name, "expected an array");
  return value;
}

}  // namespace tillwatch::scoring
