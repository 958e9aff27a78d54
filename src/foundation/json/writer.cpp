#include "json/writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "json/utf8.h"

namespace tillwatch::json {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

bool is_plain(unsigned char c) {
  return c >= 0x20 && c != '"' && c != '\\' && c < 0x80;
}

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\f':
      out.append("\\f");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      break;
  }
  out.append("\\u00");
  out.push_back(hex_digits[c >> 4]);
  out.push_back(hex_digits[c & 0xf]);
}

template <class T>
void append_chars(std::string& out, T value) {
  std::array<char, 32> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  CHECK(result.ec == std::errc());
  out.append(text.data(), result.ptr);
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && is_plain(static_cast<unsigned char>(text[end]))) ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size()) break;
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
      append_escaped(out, c);
      ++at;
    } else if (const std::size_t length = utf8_length(text.substr(at)); length > 0) {
      out.append(text, at, length);
      at += length;
    } else {
      out.append("\xEF\xBF\xBD");
      ++at;
    }
  }
  out.push_back('"');
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out.append("null");
    return;
  }
  const std::size_t start = out.size();
  append_chars(out, value);
  if (out.find_first_of(".e", start) == std::string::npos) out.append(".0");
}

void append_number(std::string& out, std::int64_t value) {
  append_chars(out, value);
}
void append_number(std::string& out, std::uint64_t value) {
  append_chars(out, value);
}

void Writer::separate() {
  const std::uint64_t bit = std::uint64_t{1} << depth_;
  if (named_) {
    named_ = false;
    return;
  }
  CHECK((objects_ & bit) == 0 || depth_ == 0);  // a value in an object needs a key
  if ((filled_ & bit) != 0) {
    CHECK(depth_ > 0);  // one value a document
    out_.push_back(',');
  }
  filled_ |= bit;
}

Writer& Writer::key(std::string_view name) {
  const std::uint64_t bit = std::uint64_t{1} << depth_;
  CHECK(depth_ > 0 && (objects_ & bit) != 0 && !named_);
  if ((filled_ & bit) != 0) out_.push_back(',');
  filled_ |= bit;
  append_quoted(out_, name);
  out_.push_back(':');
  named_ = true;
  return *this;
}

Writer& Writer::value(std::string_view text) {
  separate();
  append_quoted(out_, text);
  return *this;
}

Writer& Writer::value(double number) {
  separate();
  append_number(out_, number);
  return *this;
}

Writer& Writer::null() {
  separate();
  out_.append("null");
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

Writer& Writer::open(char bracket) {
  separate();
  CHECK(depth_ < depth_max);
  ++depth_;
  const std::uint64_t bit = std::uint64_t{1} << depth_;
  filled_ &= ~bit;
  objects_ = bracket == '{' ? objects_ | bit : objects_ & ~bit;
  out_.push_back(bracket);
  return *this;
}

Writer& Writer::close(char bracket) {
  const bool object = (objects_ & (std::uint64_t{1} << depth_)) != 0;
  CHECK(depth_ > 0 && !named_ && object == (bracket == '}'));
  --depth_;
  out_.push_back(bracket);
  return *this;
}

}  // namespace tillwatch::json
