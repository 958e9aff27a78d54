// Source text to tokens. Called by the parser. Positions count code points, because that is what an editor
// shows.
#include <array>
#include <optional>

#include "cel/lexer.h"
#include "cel/utf8.h"

namespace tillwatch::cel {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_octal(char c) {
  return c >= '0' && c <= '7';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Characters that an input method or a word processor puts where the language wants an ASCII one.
struct LookAlike {
  std::string_view typed;
  std::string_view wanted;
};
constexpr std::array<LookAlike, 19> look_alikes = {{{"\u201c", "\""},
                                                    {"\u201d", "\""},
                                                    {"\u2018", "'"},
                                                    {"\u2019", "'"},
                                                    {"\uff08", "("},
                                                    {"\uff09", ")"},
                                                    {"\uff0c", ","},
                                                    {"\u3001", ","},
                                                    {"\uff1a", ":"},
                                                    {"\uff1e", ">"},
                                                    {"\uff1c", "<"},
                                                    {"\uff1d", "=="},
                                                    {"\u2265", ">="},
                                                    {"\u2264", "<="},
                                                    {"\u2260", "!="},
                                                    {"\uff01", "!"},
                                                    {"\uff1f", "?"},
                                                    {"\u3010", "["},
                                                    {"\u3011", "]"}}};

class Lexer {
 public:
  Lexer(std::string_view source, FaultList& faults) : source_(source), faults_(faults) {}

  std::vector<Token> run() {
    while (true) {
      skip_blanks();
      Token token = next();
      token.end_at = position_;
      tokens_.push_back(std::move(token));
      if (tokens_.back().kind == TokenKind::end) return std::move(tokens_);
    }
  }

 private:
  bool more(std::size_t ahead = 0) const { return at_ + ahead < source_.size(); }
  char peek(std::size_t ahead = 0) const { return more(ahead) ? source_[at_ + ahead] : '\0'; }
  bool starts(std::string_view text) const { return source_.substr(at_).starts_with(text); }
  // Steps over one octet; a code point counts when its first octet is passed.
  void step(std::size_t octets = 1) {
    for (std::size_t i = 0; i < octets; ++i, ++at_)
      if ((static_cast<unsigned char>(source_[at_]) & 0xC0) != 0x80) ++position_;
  }
  void skip_blanks() {
    while (more()) {
      const char c = peek();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        step();
      } else if (starts("//")) {
        while (more() && peek() != '\n') step();
      } else {
        return;
      }
    }
  }
  Token made(TokenKind kind, std::uint32_t at, std::string text = {}) {
    return {kind, at, 0, std::move(text)};
  }

  Token next() {
    const std::uint32_t start = position_;
    if (!more()) return made(TokenKind::end, start);
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '"' || c == '\'') return quoted_text(start, false, false);
    if (const auto prefix = text_prefix()) {
      step(prefix->octets);
      return quoted_text(start, prefix->bytes, prefix->raw);
    }
    if (is_letter(c)) {
      const std::size_t from = at_;
      while (more() && (is_letter(peek()) || is_digit(peek()))) step();
      return made(TokenKind::identifier, start, std::string(source_.substr(from, at_ - from)));
    }
    if (c == '`') return quoted_name();
    return symbol();
  }

  struct Prefix {
    std::size_t octets;
    bool bytes;
    bool raw;
  };
  std::optional<Prefix> text_prefix() const {
    bool bytes = false;
    bool raw = false;
    for (std::size_t i = 0; i < 3; ++i) {
      const char c = peek(i);
      if ((c == '"' || c == '\'') && i > 0) return Prefix{i, bytes, raw};
      if ((c == 'b' || c == 'B') && !bytes) {
        bytes = true;
      } else if ((c == 'r' || c == 'R') && !raw) {
        raw = true;
      } else {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  Token number() {
    const std::uint32_t start = position_;
    const std::size_t from = at_;
    TokenKind kind = TokenKind::integer;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && hex_digit(peek(2)) >= 0) {
      step(2);
      while (hex_digit(peek()) >= 0) step();
    } else {
      while (is_digit(peek())) step();
      if (peek() == '.' && is_digit(peek(1))) {
        kind = TokenKind::real;
        step();
        while (is_digit(peek())) step();
      }
      const std::size_t sign = (peek(1) == '+' || peek(1) == '-') ? 1 : 0;
      if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
        kind = TokenKind::real;
        step(1 + sign);
        while (is_digit(peek())) step();
      }
    }
    std::string text(source_.substr(from, at_ - from));
    if (kind == TokenKind::integer && (peek() == 'u' || peek() == 'U')) {
      step();
      kind = TokenKind::uinteger;
    }
    if (is_letter(peek())) {
      while (is_letter(peek()) || is_digit(peek())) step();
      faults_.add(start, "'" + std::string(source_.substr(from, at_ - from)) + "' is not a number",
                  "a name starts with a letter; a number ends before one, but for 'u' of an unsigned number");
      return made(TokenKind::bad, start);
    }
    return made(kind, start, std::move(text));
  }

  Token quoted_name() {
    const std::uint32_t start = position_;
    step();
    const std::size_t from = at_;
    while (more() && peek() != '`' && peek() != '\n') step();
    if (peek() != '`') {
      faults_.add(start, "the quoted field name has no end", "close it with ` on the same line");
      return made(TokenKind::bad, start);
    }
    std::string name(source_.substr(from, at_ - from));
    step();
    for (const char c : name) {
      if (is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ' ') continue;
      faults_.add(start, "a quoted field name may hold letters, digits, '_', '.', '-', '/' and blanks only",
                  "use [\"...\"] for other keys");
      return made(TokenKind::bad, start);
    }
    if (name.empty()) {
      faults_.add(start, "the quoted field name is empty");
      return made(TokenKind::bad, start);
    }
    return made(TokenKind::quoted, start, std::move(name));
  }

  Token quoted_text(std::uint32_t start, bool bytes, bool raw) {
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    step(triple ? 3 : 1);
    Token token = made(bytes ? TokenKind::bytes : TokenKind::text, start);
    while (more()) {
      if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
        step(triple ? 3 : 1);
        return token;
      }
      if (!triple && (peek() == '\n' || peek() == '\r')) break;
      if (peek() == '\\') {
        if (raw) {
          raw_escape(token.text);
        } else {
          escape(token.text, bytes);
        }
        continue;
      }
      const CodePoint point = first_code_point(source_.substr(at_));
      const std::size_t octets = point.bytes == 0 ? 1 : point.bytes;
      token.text.append(source_.substr(at_, octets));
      step(octets);
    }
    faults_.add(start, "the text has no closing quote",
                triple ? "close it with three quotes"
                       : "close it with " + std::string(1, quote) + " on the same line");
    token.kind = TokenKind::bad;
    return token;
  }

  void raw_escape(std::string& out) {
    out.push_back('\\');
    step();
    if (!more() || peek() == '\n' || peek() == '\r') return;
    if (peek() == '\'' || peek() == '"' || peek() == '\\') {
      out.push_back(peek());
      step();
    }
  }

  void escape(std::string& out, bool bytes) {
    const std::uint32_t start = position_;
    step();
    const char c = peek();
    constexpr std::string_view names = "abfnrtv\\?\"'`";
    constexpr std::string_view values = "\a\b\f\n\r\t\v\\?\"'`";
    if (const std::size_t i = names.find(c); more() && i != std::string_view::npos) {
      out.push_back(values[i]);
      step();
      return;
    }
    if (c == 'x' || c == 'X') return coded(out, bytes, start, 2);
    if (c == 'u' && !bytes) return coded(out, bytes, start, 4);
    if (c == 'U' && !bytes) return coded(out, bytes, start, 8);
    if (is_octal(c) && c <= '3' && is_octal(peek(1)) && is_octal(peek(2))) {
      const int value = (c - '0') * 64 + (peek(1) - '0') * 8 + (peek(2) - '0');
      step(3);
      return put(out, bytes, start, static_cast<std::uint32_t>(value));
    }
    faults_.add(start, "'\\' is followed by what is not an escape",
                "write \\\\ for a backslash, or put r before the opening quote");
  }
  void coded(std::string& out, bool bytes, std::uint32_t start, std::size_t digits) {
    std::uint32_t value = 0;
    for (std::size_t i = 1; i <= digits; ++i) {
      const int digit = hex_digit(peek(i));
      if (digit < 0) {
        faults_.add(start, "the escape wants " + std::to_string(digits) + " hexadecimal digits");
        step();
        return;
      }
      value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    step(1 + digits);
    put(out, bytes, start, value);
  }
  void put(std::string& out, bool bytes, std::uint32_t start, std::uint32_t value) {
    if (bytes) {
      out.push_back(static_cast<char>(value));
    } else if (is_scalar_value(value)) {
      append_code_point(out, value);
    } else {
      faults_.add(start, "the escape names no code point");
    }
  }

  Token symbol() {
    const std::uint32_t start = position_;
    for (const std::string_view two : {"==", "!=", "<=", ">=", "&&", "||"}) {
      if (starts(two)) {
        step(2);
        return made(TokenKind::symbol, start, std::string(two));
      }
    }
    constexpr std::string_view singles = "+-*/%<>!?:.,()[]{}";
    if (singles.find(peek()) != std::string_view::npos) {
      std::string text(1, peek());
      step();
      return made(TokenKind::symbol, start, std::move(text));
    }
    return stray(start);
  }

  // The text between typographic quotes, so that one mistake is told once.
  Token curly_text(std::uint32_t start) {
    Token token = made(TokenKind::text, start);
    while (more() && peek() != '\n') {
      for (std::size_t i = 0; i < 4; ++i) {
        if (!starts(look_alikes[i].typed)) continue;
        step(look_alikes[i].typed.size());
        return token;
      }
      token.text.push_back(peek());
      step();
    }
    return token;
  }

  // A character that the language has no use for; what was meant is named where that is plain.
  Token stray(std::uint32_t start) {
    for (const LookAlike& pair : look_alikes) {
      if (!starts(pair.typed)) continue;
      step(pair.typed.size());
      faults_.add(start, "'" + std::string(pair.typed) + "' is not part of the language",
                  "write " + std::string(pair.wanted) + " (the half-width, ASCII character)");
      if (pair.wanted == "\"" || pair.wanted == "'") return curly_text(start);
      return made(TokenKind::symbol, start, std::string(pair.wanted));
    }
    const char c = peek();
    const CodePoint point = first_code_point(source_.substr(at_));
    const std::size_t octets = point.bytes == 0 ? 1 : point.bytes;
    const std::string shown(source_.substr(at_, octets));
    step(octets);
    if (c == '=') {
      faults_.add(start, "'=' is not a comparison", "write == to compare");
      return made(TokenKind::symbol, start, "==");
    }
    if (c == '&' || c == '|') {
      faults_.add(start, "'" + shown + "' alone is not an operator", "write " + shown + shown);
      return made(TokenKind::symbol, start, shown + shown);
    }
    if (point.bytes == 0) {
      faults_.add(start, "the text is not UTF-8 here", "save it as UTF-8");
    } else if (c == '#' || c == ';') {
      faults_.add(start, "'" + shown + "' is not part of the language", "a comment starts with //");
    } else if (point.value > 127) {
      faults_.add(start, "'" + shown + "' cannot stand outside quotes", "put text in quotes: \"...\"");
    } else {
      faults_.add(start, "'" + (point.value < 32 ? std::string("control character") : shown) +
                             "' is not part of the language");
    }
    return made(TokenKind::bad, start);
  }

  std::string_view source_;
  FaultList& faults_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::uint32_t position_ = 0;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source, FaultList& faults) {
  return Lexer(source, faults).run();
}

}  // namespace tillwatch::cel
