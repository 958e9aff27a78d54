// Typed JSON values of `tillwatch cel`. Called by the batch, the one-shot form and the interactive mode.
#include "cel_typed_value.h"

#include <cmath>
#include <optional>
#include <vector>

#include "cel/compare.h"
#include "cel/number_text.h"
#include "cel/time_text.h"
#include "core/limits.h"
#include "json/writer.h"

namespace tillwatch {
namespace {

using cel::Kind;
using cel::Type;
using cel::Value;

constexpr std::uint32_t depth_max = core::limits::cel_value_depth_max;
constexpr std::size_t output_bytes_max = 16 * 1024 * 1024;

// Digits as a text or as a JSON number.
std::optional<std::string> digits(const json::View& json) {
  if (const auto text = json.as_string()) return std::string(*text);
  if (const auto whole = json.as_integer()) return std::to_string(*whole);
  if (const auto whole = json.as_unsigned()) return std::to_string(*whole);
  if (const auto number = json.as_double()) return cel::format_double(*number, false);
  return std::nullopt;
}

core::Result<std::string> hex_bytes(const json::View& json) {
  TRY(text, json.as_string());
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    if (digit(text[i]) < 0 || digit(text[i + 1]) < 0) break;
    bytes.push_back(static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1])));
  }
  if (bytes.size() * 2 != text.size())
    return std::unexpected(json.wrong("must be pairs of hexadecimal digits"));
  return bytes;
}

core::Result<Value> parts(const json::View& json, bool timestamp) {
  std::vector<std::int64_t> numbers;
  for (const json::View element : json.elements()) {
    const auto text = digits(element);
    const auto number = text ? cel::parse_int(*text) : std::nullopt;
    if (!number) return std::unexpected(element.wrong("must be a whole number"));
    numbers.push_back(*number);
  }
  if (numbers.size() != 2) return std::unexpected(json.wrong("must be [seconds, nanos]"));
  if (timestamp) {
    if (!cel::is_timestamp(numbers[0]) || numbers[1] < 0 || numbers[1] >= cel::nanos_per_second)
      return std::unexpected(json.wrong("must lie in the years 1 to 9999, with nanos from 0 to 999999999"));
    return Value::timestamp(numbers[0], static_cast<std::uint32_t>(numbers[1]));
  }
  std::int64_t nanos = 0;
  if (__builtin_mul_overflow(numbers[0], cel::nanos_per_second, &nanos) ||
      __builtin_add_overflow(nanos, numbers[1], &nanos))
    return std::unexpected(json.wrong("a duration spans at most about 292 years"));
  return Value::duration(nanos);
}

class TypedReader {
 public:
  explicit TypedReader(cel::ValueStore& store) : store_(store) {}

  core::Result<Value> read(const json::View& json) {
    switch (json.kind()) {
      case json::Kind::null:
        return Value::null();
      case json::Kind::boolean:
        return Value::boolean(json.as_boolean().value());
      case json::Kind::integer:
        return Value::integer(json.as_integer().value());
      case json::Kind::unsigned_integer:
        return Value::uinteger(json.as_unsigned().value());
      case json::Kind::number:
        return Value::real(json.as_double().value());
      case json::Kind::string:
        return Value::text(store_.keep_text(json.as_string().value()));
      case json::Kind::array:
        return list(json);
      case json::Kind::object:
        break;
    }
    if (json.size() == 1) {
      for (const json::Member member : json.members())
        if (is_tag(member.name)) return tagged(member.name, member.value);
    }
    std::vector<cel::MapEntry> entries;
    for (const json::Member member : json.members()) {
      TRY(value, read(member.value));
      entries.push_back({Value::text(store_.keep_text(member.name)), value});
    }
    return map(json, std::move(entries));
  }

 private:
  static bool is_tag(std::string_view name) {
    for (const std::string_view tag :
         {"int", "uint", "double", "string", "bytes", "bool", "null", "list", "map", "type",
          "timestamp_parts", "duration_parts", "optional", "unknown"})
      if (tag == name) return true;
    return false;
  }

  core::Result<Value> tagged(std::string_view tag, const json::View& json) {
    if (tag == "int" || tag == "uint" || tag == "double") return number(tag, json);
    if (tag == "null") return Value::null();
    if (tag == "unknown") return Value::unknown();
    if (tag == "list") return list(json);
    if (tag == "map") return pairs(json);
    if (tag == "timestamp_parts" || tag == "duration_parts") return parts(json, tag == "timestamp_parts");
    if (tag == "optional") return optional(json);
    if (tag == "bool") {
      TRY(truth, json.as_boolean());
      return Value::boolean(truth);
    }
    if (tag == "bytes") {
      TRY(bytes, hex_bytes(json));
      return Value::bytes(store_.keep_text(bytes));
    }
    TRY(text, json.as_string());
    const std::string_view kept = store_.keep_text(text);
    return tag == "type" ? Value::type(kept) : Value::text(kept);
  }

  core::Result<Value> number(std::string_view tag, const json::View& json) {
    const auto text = digits(json);
    if (text && tag == "int") {
      if (const auto value = cel::parse_int(*text)) return Value::integer(*value);
    } else if (text && tag == "uint") {
      if (const auto value = cel::parse_uint(*text)) return Value::uinteger(*value);
    } else if (text) {
      if (const auto value = cel::parse_double(*text)) return Value::real(*value);
    }
    return std::unexpected(json.wrong("is no " + std::string(tag)));
  }

  core::Result<Value> list(const json::View& json) {
    if (!json.is(json::Kind::array)) return std::unexpected(json.wrong("must be an array"));
    std::vector<Value> items;
    for (const json::View element : json.elements()) {
      TRY(item, read(element));
      items.push_back(item);
    }
    return store_.keep_list(std::move(items));
  }

  core::Result<Value> optional(const json::View& json) {
    TRY(content, list(json));
    if (content.size > 1) return std::unexpected(json.wrong("must be [] or [value]"));
    return content.size == 0 ? Value::none() : Value::some(content.items);
  }

  core::Result<Value> pairs(const json::View& json) {
    std::vector<cel::MapEntry> entries;
    for (const json::View element : json.elements()) {
      TRY(pair, list(element));
      if (pair.size != 2) return std::unexpected(element.wrong("must be [key, value]"));
      entries.push_back({pair.items[0], pair.items[1]});
    }
    return map(json, std::move(entries));
  }

  core::Result<Value> map(const json::View& json, std::vector<cel::MapEntry> entries) {
    constexpr std::size_t message_bytes = 4096;
    cel::Arena arena(message_bytes);
    cel::Run run{arena, core::limits::cel_instructions_default, core::limits::cel_list_items_max};
    const Value made = cel::build_map(run, entries);
    if (made.is_error()) return std::unexpected(json.wrong(std::string(made.failure->message)));
    return store_.keep_map(std::move(entries));
  }

  cel::ValueStore& store_;
};

class TypedWriter {
 public:
  explicit TypedWriter(std::string& out) : out_(out), start_(out.size()) {}

  bool write(const Value& value, std::uint32_t depth) {
    if (depth > depth_max || out_.size() - start_ > output_bytes_max) return false;
    switch (value.kind) {
      case Kind::null:
        return plain("null", "true");
      case Kind::boolean:
        return plain("bool", value.truth() ? "true" : "false");
      case Kind::integer:
        return text("int", std::to_string(value.i));
      case Kind::uinteger:
        return text("uint", std::to_string(value.u));
      case Kind::real:
        return text("double", real(value.d));
      case Kind::text:
        return text("string", value.view());
      case Kind::type:
        return text("type", value.view());
      case Kind::bytes:
        return text("bytes", hex(value.view()));
      case Kind::timestamp:
        return parts("timestamp_parts", value.i, value.size);
      case Kind::duration:
        return parts("duration_parts", value.i / cel::nanos_per_second, value.i % cel::nanos_per_second);
      case Kind::list:
        return list("list", value.elements(), depth);
      case Kind::optional:
        return list("optional", {value.items, value.has_content() ? 1u : 0u}, depth);
      case Kind::map:
        return map(value, depth);
      case Kind::absent:
      case Kind::unknown:
      case Kind::error:
        return false;
    }
    return false;
  }

 private:
  static std::string real(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    return cel::format_double(value, false);
  }
  static std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
      text += digits[static_cast<unsigned char>(c) >> 4];
      text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
  }
  bool plain(std::string_view tag, std::string_view json) {
    out_.append("{\"").append(tag).append("\":").append(json).append("}");
    return true;
  }
  bool text(std::string_view tag, std::string_view content) {
    out_.append("{\"").append(tag).append("\":");
    json::append_quoted(out_, content);
    out_ += '}';
    return true;
  }
  bool parts(std::string_view tag, std::int64_t seconds, std::int64_t nanos) {
    return plain(tag, "[\"" + std::to_string(seconds) + "\",\"" + std::to_string(nanos) + "\"]");
  }
  bool list(std::string_view tag, std::span<const Value> items, std::uint32_t depth) {
    out_.append("{\"").append(tag).append("\":[");
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += ',';
      if (!write(items[i], depth + 1)) return false;
    }
    out_ += "]}";
    return true;
  }
  bool map(const Value& value, std::uint32_t depth) {
    out_ += "{\"map\":[";
    bool first = true;
    for (const cel::MapEntry& entry : value.pairs()) {
      out_ += first ? "[" : ",[";
      first = false;
      if (!write(entry.key, depth + 1)) return false;
      out_ += ',';
      if (!write(entry.value, depth + 1)) return false;
      out_ += ']';
    }
    out_ += "]}";
    return true;
  }

  std::string& out_;
  std::size_t start_;
};

// Of two types of items: themselves where they agree.
Type joined(const Type& a, const Type& b) {
  return a == b ? a : Type::dyn();
}

}  // namespace

core::Result<Value> read_typed(const json::View& json, cel::ValueStore& store) {
  return TypedReader(store).read(json);
}

core::Status write_typed(std::string& out, const Value& value) {
  const std::size_t start = out.size();
  if (TypedWriter(out).write(value, 0)) return {};
  out.resize(start);
  return core::fail(core::ErrorCode::limit, "", "the result is too long or nested too deep to print");
}

Type declared_type(const Value& value) {
  switch (value.kind) {
    case Kind::null:
      return Type::null();
    case Kind::boolean:
      return Type::boolean();
    case Kind::integer:
      return Type::integer();
    case Kind::uinteger:
      return Type::uinteger();
    case Kind::real:
      return Type::real();
    case Kind::text:
      return Type::text();
    case Kind::bytes:
      return Type::bytes();
    case Kind::timestamp:
      return Type::timestamp();
    case Kind::duration:
      return Type::duration();
    case Kind::type:
      return Type::type(cel::named_type(value.view()).value_or(Type::dyn()));
    case Kind::optional:
      return Type::optional(value.has_content() ? declared_type(*value.items) : Type::dyn());
    case Kind::list: {
      Type item = value.size == 0 ? Type::dyn() : declared_type(value.items[0]);
      for (const Value& other : value.elements()) item = joined(item, declared_type(other));
      return Type::list(item);
    }
    case Kind::map: {
      Type key = value.size == 0 ? Type::dyn() : declared_type(value.entries[0].key);
      Type content = value.size == 0 ? Type::dyn() : declared_type(value.entries[0].value);
      for (const cel::MapEntry& entry : value.pairs()) {
        key = joined(key, declared_type(entry.key));
        content = joined(content, declared_type(entry.value));
      }
      return Type::map(key, content);
    }
    case Kind::absent:
    case Kind::unknown:
    case Kind::error:
      return Type::dyn();
  }
  return Type::dyn();
}

}  // namespace tillwatch
