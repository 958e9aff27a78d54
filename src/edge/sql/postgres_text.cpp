#include "sql/postgres_text.h"

#include "core/check.h"

namespace tillwatch::sql {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The end of what begins at `at` and is not to be looked into: a text, a quoted name, a comment; else `at`.
std::size_t skip(std::string_view text, std::size_t at) {
  const auto after = [&](std::string_view mark, std::size_t from) {
    const std::size_t found = text.find(mark, from);
    return found == std::string_view::npos ? text.size() : found + mark.size();
  };
  if (text[at] == '\'') return after("'", at + 1);  // a doubled quote: two texts, one after the other
  if (text[at] == '"') return after("\"", at + 1);
  if (text.substr(at, 2) == "--") return after("\n", at + 2);
  if (text.substr(at, 2) == "/*") return after("*/", at + 2);
  return at;
}

}  // namespace

std::string write_out_nulls(std::string_view statement, const std::vector<bool>& nulls) {
  std::string out;
  std::vector<bool> seen(nulls.size());
  std::size_t at = 0;
  while (at < statement.size()) {
    if (const std::size_t end = skip(statement, at); end != at) {
      out += statement.substr(at, end - at);
      at = end;
      continue;
    }
    std::size_t end = at + 1;
    std::size_t number = 0;
    while (statement[at] == '$' && end < statement.size() && is_digit(statement[end]) && number < 10'000)
      number = number * 10 + static_cast<std::size_t>(statement[end++] - '0');
    if (number == 0) {
      out += statement[at++];
      continue;
    }
    CHECK(number <= nulls.size());  // a placeholder for which nothing was bound
    seen[number - 1] = true;
    out += nulls[number - 1] ? std::string_view("null") : statement.substr(at, end - at);
    at = end;
  }
  for (const bool one : seen) CHECK(one);  // something was bound for which there is no placeholder
  return out;
}

}  // namespace tillwatch::sql
