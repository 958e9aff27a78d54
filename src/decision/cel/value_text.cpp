// A value as a source text. Called for explanations, the interactive mode and test failures.
#include "cel/value_text.h"

#include <cmath>
#include <string_view>

#include "cel/logic.h"
#include "cel/number_text.h"
#include "cel/time_text.h"

namespace tillwatch::cel {
namespace {

constexpr std::size_t length_max = 2000;
constexpr int depth_max = 20;

std::string quoted(std::string_view text, bool bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = bytes ? "b\"" : "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (octet < 32 || octet == 127 || (bytes && octet > 127)) {
      out += "\\x";
      out += digits[octet >> 4];
      out += digits[octet & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string of_double(double value) {
  if (std::isnan(value)) return "double(\"NaN\")";
  if (std::isinf(value)) return value < 0 ? "double(\"-inf\")" : "double(\"inf\")";
  std::string text = format_double(value, false);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void write(const Value& value, std::string& out, int depth);

void write_list(const Value& value, std::string& out, int depth) {
  out += "[";
  for (std::uint32_t i = 0; i < value.size && out.size() <= length_max; ++i) {
    if (i > 0) out += ", ";
    write(value.items[i], out, depth + 1);
  }
  out += "]";
}

void write_map(const Value& value, std::string& out, int depth) {
  out += "{";
  for (std::uint32_t i = 0; i < value.size && out.size() <= length_max; ++i) {
    if (i > 0) out += ", ";
    write(value.entries[i].key, out, depth + 1);
    out += ": ";
    write(value.entries[i].value, out, depth + 1);
  }
  out += "}";
}

void write_optional(const Value& value, std::string& out, int depth) {
  if (!value.has_content()) {
    out += "optional.none()";
    return;
  }
  out += "optional.of(";
  write(*value.items, out, depth + 1);
  out += ")";
}

void write_unknown(const Value& value, std::string& out) {
  std::uint32_t single = 0;
  out += "<unknown:";
  for (const std::uint32_t slot : slots_of(value, single)) out += " " + std::to_string(slot);
  out += ">";
}

void write(const Value& value, std::string& out, int depth) {
  if (out.size() > length_max || depth > depth_max) {
    if (!out.ends_with("...")) out += "...";
    return;
  }
  switch (value.kind) {
    case Kind::absent:
      out += "<absent>";
      return;
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += value.truth() ? "true" : "false";
      return;
    case Kind::integer:
      out += std::to_string(value.i);
      return;
    case Kind::uinteger:
      out += std::to_string(value.u) + "u";
      return;
    case Kind::real:
      out += of_double(value.d);
      return;
    case Kind::text:
      out += quoted(value.view().substr(0, length_max), false);
      return;
    case Kind::bytes:
      out += quoted(value.view().substr(0, length_max), true);
      return;
    case Kind::type:
      out += value.view();
      return;
    case Kind::timestamp:
      out += "timestamp(\"" + format_timestamp({value.i, value.size}) + "\")";
      return;
    case Kind::duration:
      out += "duration(\"" + format_duration_text(value.i) + "\")";
      return;
    case Kind::error:
      out += "<error: " + std::string(value.failure->message) + ">";
      return;
    case Kind::optional:
      return write_optional(value, out, depth);
    case Kind::unknown:
      return write_unknown(value, out);
    case Kind::list:
      return write_list(value, out, depth);
    case Kind::map:
      return write_map(value, out, depth);
  }
}

}  // namespace

std::string to_text(const Value& value) {
  std::string out;
  write(value, out, 0);
  return out;
}

}  // namespace tillwatch::cel
