#include "scenario/line.h"

#include <charconv>
#include <cstdint>

namespace tillwatch::scenario {

using payment::Value;

core::Error wrong(std::string detail) {
  return {core::ErrorCode::invalid, "", std::move(detail)};
}

core::Result<Words> split(std::string_view line) {
  Words words;
  std::string word;
  bool quoted = false, any = false;
  for (const char c : line) {
    if (c == '#' && !quoted && !any) break;
    if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if ((c == ' ' || c == '\t' || c == '\r') && !quoted) {
      if (any) words.push_back(std::exchange(word, {}));
      any = false;
    } else {
      word.push_back(c);
      any = true;
    }
  }
  if (quoted) return std::unexpected(wrong("a double quote is never closed"));
  if (any) words.push_back(word);
  return words;
}

core::Result<std::pair<std::string, std::string>> pair_from(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0)
    return std::unexpected(wrong("'" + word + "' is not name=value"));
  return std::pair(word.substr(0, equals), word.substr(equals + 1));
}

core::Result<Pairs> pairs_from(const Words& words, std::size_t from) {
  Pairs pairs;
  for (std::size_t i = from; i < words.size(); ++i) {
    TRY(pair, pair_from(words[i]));
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::string with_number(std::string text, int n) {
  const std::string number = std::to_string(n);
  for (std::size_t at = text.find("{n}"); at != std::string::npos; at = text.find("{n}", at + number.size()))
    text.replace(at, 3, number);
  return text;
}

std::string minor_units(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos || text.size() - dot != 3) return text;
  const bool negative = text.starts_with('-');
  const std::size_t from = negative ? 1 : 0;
  const std::string digits = text.substr(from, dot - from) + text.substr(dot + 1);
  if (digits.find_first_not_of("0123456789") != std::string::npos) return text;
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return "0";
  return (negative ? "-" : "") + digits.substr(first);
}

Value typed(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text == "true" || text == "false") return Value::of(text == "true");
  if (error == std::errc{} && end == text.data() + text.size()) return Value::of(number);
  return Value::of(std::string_view(text));
}

}  // namespace tillwatch::scenario
