#include "json/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <set>

#include "json/utf8.h"

namespace tillwatch::json {

namespace {

using core::ErrorCode;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The four hexadecimal digits that `text` begins with, or -1.
int hex4(std::string_view text) {
  if (text.size() < 4) return -1;
  unsigned value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + 4, value, 16);
  return ec == std::errc() && end == text.data() + 4 ? static_cast<int>(value) : -1;
}

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | (code >> 6));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

class Finder {
 public:
  Finder(std::string_view text, const Bounds& bounds) : text_(text), bounds_(bounds) {}

  std::optional<Fault> run() {
    if (text_.size() > bounds_.bytes_max) {
      set(ErrorCode::limit,
          fmt::format("the document has {} bytes; at most {} are taken", text_.size(), bounds_.bytes_max));
      return fault_;
    }
    skip_space();
    if (at_ == text_.size()) {
      set(ErrorCode::invalid, "the document is empty");
    } else if (value(0)) {
      skip_space();
      if (at_ != text_.size()) set(ErrorCode::invalid, "something follows the end of the document");
    }
    return fault_;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  // Records the fault at the present byte; always false, so that callers can return it.
  bool set(ErrorCode code, std::string detail) {
    fault_ = Fault{code, at_, pointer_, std::move(detail)};
    return false;
  }
  bool invalid(std::string detail) { return set(ErrorCode::invalid, std::move(detail)); }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool value(std::size_t depth) {
    switch (peek()) {
      case '{':
        return object(depth + 1);
      case '[':
        return array(depth + 1);
      case '"':
        return string(scratch_);
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        break;
    }
    if (at_ == text_.size()) return invalid("the document ends where a value was expected");
    if (peek() == '-' || is_digit(peek())) return number();
    return invalid("a value was expected here");
  }

  bool word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return invalid(fmt::format("expected {}", expected));
    at_ += expected.size();
    return true;
  }

  bool deeper(std::size_t depth) {
    if (depth <= bounds_.depth_max) return true;
    return set(ErrorCode::limit, fmt::format("more than {} levels of nesting", bounds_.depth_max));
  }

  bool object(std::size_t depth) {
    if (!deeper(depth)) return false;
    ++at_;
    skip_space();
    if (peek() == '}') return ++at_, true;
    std::set<std::string, std::less<>> names;
    for (;;) {
      if (peek() != '"') return invalid("a member name in quotes was expected");
      const std::size_t start = at_;
      std::string name;
      if (!string(name)) return false;
      const std::size_t above = pointer_.size();
      append_step(pointer_, name);
      if (!names.insert(name).second) return at_ = start, invalid("the name is repeated; write it once");
      if (names.size() > bounds_.members_max) {
        pointer_.resize(above);
        return set(ErrorCode::limit, fmt::format("more than {} members in one object", bounds_.members_max));
      }
      skip_space();
      if (peek() != ':') return invalid("a colon was expected after the name");
      ++at_;
      skip_space();
      if (!value(depth)) return false;
      pointer_.resize(above);
      skip_space();
      if (peek() == '}') return ++at_, true;
      if (peek() != ',') return invalid("a comma or the end of the object was expected");
      ++at_;
      skip_space();
    }
  }

  bool array(std::size_t depth) {
    if (!deeper(depth)) return false;
    ++at_;
    skip_space();
    if (peek() == ']') return ++at_, true;
    for (std::size_t count = 0;;) {
      const std::size_t above = pointer_.size();
      if (++count > bounds_.elements_max) {
        return set(ErrorCode::limit, fmt::format("more than {} elements in one array", bounds_.elements_max));
      }
      pointer_ += fmt::format("/{}", count - 1);
      if (!value(depth)) return false;
      pointer_.resize(above);
      skip_space();
      if (peek() == ']') return ++at_, true;
      if (peek() != ',') return invalid("a comma or the end of the array was expected");
      ++at_;
      skip_space();
    }
  }

  bool string(std::string& out) {
    out.clear();
    const std::size_t start = at_++;
    for (;;) {
      if (at_ >= text_.size()) return at_ = start, invalid("the text has no closing quote");
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') break;
      if (c < 0x20) return invalid("a control character must be escaped");
      if (c == '\\') {
        if (!escape(out)) return false;
        continue;
      }
      const std::size_t length = utf8_length(text_.substr(at_));
      if (length == 0) return invalid("the text is not UTF-8");
      out.append(text_, at_, length);
      at_ += length;
    }
    ++at_;
    if (out.size() <= bounds_.string_bytes_max) return true;
    at_ = start;
    return set(ErrorCode::limit, fmt::format("a text has {} bytes; at most {} are taken", out.size(),
                                             bounds_.string_bytes_max));
  }

  bool escape(std::string& out) {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (const auto found = letters.find(c); c != '\0' && found != std::string_view::npos) {
      out.push_back(meanings[found]);
      at_ += 2;
      return true;
    }
    if (c != 'u') return invalid("an unknown escape");
    const int unit = hex4(text_.substr(at_ + 2));
    if (unit < 0) return invalid("\\u needs four hexadecimal digits");
    auto code = static_cast<unsigned>(unit);
    std::size_t length = 6;
    if (code >= 0xD800 && code <= 0xDFFF) {
      const bool pair = code < 0xDC00 && text_.substr(at_ + 6).starts_with("\\u");
      const int low = pair ? hex4(text_.substr(at_ + 8)) : -1;
      if (low < 0xDC00 || low > 0xDFFF) return invalid("half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<unsigned>(low) - 0xDC00);
      length = 12;
    }
    append_utf8(out, code);
    at_ += length;
    return true;
  }

  void digits() {
    while (is_digit(peek())) ++at_;
  }

  bool number() {
    const std::size_t start = at_;
    if (peek() == '-') ++at_;
    if (!is_digit(peek())) return invalid("a digit was expected");
    if (peek() == '0' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))
      return invalid("a number may not begin with 0");
    digits();
    bool whole = true;
    if (peek() == '.') {
      whole = false;
      ++at_;
      if (!is_digit(peek())) return invalid("a digit was expected after the point");
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!is_digit(peek())) return invalid("a digit was expected in the exponent");
      digits();
    }
    const std::string_view text = text_.substr(start, at_ - start);
    const std::size_t end = at_;
    at_ = start;
    if (whole ? !fits_64_bits(text) : !is_finite(text)) {
      return invalid(whole ? "the integer does not fit 64 bits" : "the number is too large for a double");
    }
    at_ = end;
    return true;
  }

  static bool fits_64_bits(std::string_view text) {
    std::int64_t with_sign = 0;
    std::uint64_t without_sign = 0;
    const char* end = text.data() + text.size();
    return text.front() == '-' ? std::from_chars(text.data(), end, with_sign).ec == std::errc()
                               : std::from_chars(text.data(), end, without_sign).ec == std::errc();
  }

  static bool is_finite(std::string_view text) {
    double number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec == std::errc()) return std::isfinite(number);
    // Out of range is also said of numbers too small: those read as zero, which is what simdjson does.
    return is_tiny(text);
  }

  // For a number that from_chars calls out of range: whether its decimal exponent puts it below one.
  static bool is_tiny(std::string_view text) {
    const std::size_t e = text.find_first_of("eE");
    const std::string_view mantissa = text.substr(0, e);
    const std::size_t first = mantissa.find_first_of("123456789");
    if (first == std::string_view::npos) return true;
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    std::int64_t exponent = 0;
    if (e != std::string_view::npos) {
      std::string_view power = text.substr(e + 1);
      const bool negative = power.starts_with('-');
      if (power.starts_with('+') || negative) power.remove_prefix(1);
      const std::size_t significant = power.find_first_not_of('0');
      power = significant == std::string_view::npos ? std::string_view("0") : power.substr(significant);
      exponent = 1'000'000'000;
      if (power.size() < 10) std::from_chars(power.data(), power.data() + power.size(), exponent);
      if (negative) exponent = -exponent;
    }
    return exponent + static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) < 0;
  }

  std::string_view text_;
  const Bounds& bounds_;
  std::size_t at_ = 0;
  std::string pointer_;
  std::string scratch_;
  std::optional<Fault> fault_;
};

}  // namespace

std::optional<Fault> find_fault(std::string_view text, const Bounds& bounds) {
  return Finder(text, bounds).run();
}

std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("{}:{}", line, offset - start + 1);
}

void append_step(std::string& pointer, std::string_view name) {
  pointer.push_back('/');
  for (const char c : name) {
    if (c == '~') {
      pointer.append("~0");
    } else if (c == '/') {
      pointer.append("~1");
    } else {
      pointer.push_back(c);
    }
  }
}

}  // namespace tillwatch::json
