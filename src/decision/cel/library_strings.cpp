// The strings extension: positions count code points. Called by both evaluators.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cel/library.h"
#include "cel/text_format.h"
#include "cel/utf8.h"

namespace tillwatch::cel {
namespace {

using Arguments = std::span<const Value>;

bool are(Arguments a, std::initializer_list<Kind> kinds) {
  if (a.size() != kinds.size()) return false;
  return std::equal(kinds.begin(), kinds.end(), a.begin(),
                    [](Kind kind, const Value& v) { return v.kind == kind; });
}
constexpr Kind text = Kind::text;
constexpr Kind integer = Kind::integer;

Value out_of_range(Run& run, std::string_view name) {
  return run.fail(ErrorKind::invalid_argument, "the position lies outside the text, in ", name);
}
bool spend_search(Run& run, const Value& a, const Value& b) {
  return run.spend(a.size / 8 + std::uint64_t{a.size} * b.size / 256);
}
Value number(std::size_t n) {
  return Value::integer(static_cast<std::int64_t>(n));
}

// Where the code point with this number starts; nullopt where the number is negative or past the end.
std::optional<std::size_t> octet_at(std::string_view t, std::int64_t position) {
  if (position < 0 || static_cast<std::uint64_t>(position) > t.size()) return std::nullopt;
  const auto wanted = static_cast<std::size_t>(position);
  const std::size_t at = octet_of(t, wanted);
  if (at == t.size() && count_code_points(t) < wanted) return std::nullopt;
  return at;
}

Value char_at(Run& run, Arguments a) {
  if (!are(a, {text, integer})) return no_overload(run, "charAt", a);
  if (!run.spend(a[0].size / 8)) return run.out_of_budget();
  const auto at = octet_at(a[0].view(), a[1].i);
  if (!at) return out_of_range(run, "charAt");
  const std::string_view rest = a[0].view().substr(*at);
  return Value::text(rest.substr(0, octet_of(rest, 1)));
}

Value index_of(Run& run, Arguments a) {
  const bool from_position = are(a, {text, text, integer});
  if (!from_position && !are(a, {text, text})) return no_overload(run, "indexOf", a);
  if (!spend_search(run, a[0], a[1])) return run.out_of_budget();
  const std::string_view all = a[0].view();
  const auto from = octet_at(all, from_position ? a[2].i : 0);
  // A position at the very end is one where nothing but the empty text can start.
  if (!from || (from_position && *from == all.size() && a[1].size > 0)) return out_of_range(run, "indexOf");
  const std::size_t found = all.find(a[1].view(), *from);
  return found == std::string_view::npos ? Value::integer(-1)
                                         : number(count_code_points(all.substr(0, found)));
}

Value last_index_of(Run& run, Arguments a) {
  const bool from_position = are(a, {text, text, integer});
  if (!from_position && !are(a, {text, text})) return no_overload(run, "lastIndexOf", a);
  if (!spend_search(run, a[0], a[1])) return run.out_of_budget();
  const std::string_view all = a[0].view();
  std::size_t from = all.size();
  if (from_position) {
    const auto at = octet_at(all, a[2].i);
    if (!at || (*at == all.size() && a[1].size > 0)) return out_of_range(run, "lastIndexOf");
    from = *at;
  }
  const std::size_t found = all.rfind(a[1].view(), from);
  return found == std::string_view::npos ? Value::integer(-1)
                                         : number(count_code_points(all.substr(0, found)));
}

template <class Change>
Value changed(Run& run, Arguments a, std::string_view name, Change change) {
  if (!are(a, {text})) return no_overload(run, name, a);
  if (!run.spend(a[0].size / 8)) return run.out_of_budget();
  char* out = run.arena.take<char>(a[0].size);
  if (out == nullptr) return run.out_of_memory();
  change(a[0].view(), out);
  return Value::text({out, a[0].size});
}
Value lower_ascii(Run& run, Arguments a) {
  return changed(run, a, "lowerAscii", [](std::string_view in, char* out) {
    for (const char c : in) *out++ = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}
Value upper_ascii(Run& run, Arguments a) {
  return changed(run, a, "upperAscii", [](std::string_view in, char* out) {
    for (const char c : in) *out++ = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
}
Value reverse(Run& run, Arguments a) {
  return changed(run, a, "reverse", [](std::string_view in, char* out) {
    char* end = out + in.size();
    while (!in.empty()) {
      const std::size_t size = octet_of(in, 1);
      end -= size;
      std::memcpy(end, in.data(), size);
      in.remove_prefix(size);
    }
  });
}

Value replace(Run& run, Arguments a) {
  const bool limited = are(a, {text, text, text, integer});
  if (!limited && !are(a, {text, text, text})) return no_overload(run, "replace", a);
  if (!spend_search(run, a[0], a[1])) return run.out_of_budget();
  std::int64_t left = limited ? a[3].i : -1;
  std::string_view rest = a[0].view();
  const std::string_view old = a[1].view();
  const std::size_t room = run.arena.capacity() - run.arena.used();
  std::string out;
  // An empty text is found before every code point and at the end.
  bool at_end = false;
  while (left != 0 && !at_end) {
    const std::size_t found = rest.find(old);
    if (found == std::string_view::npos) break;
    out += rest.substr(0, found);
    out += a[2].view();
    rest.remove_prefix(found + old.size());
    if (old.empty()) {
      at_end = rest.empty();
      const std::size_t size = at_end ? 0 : octet_of(rest, 1);
      out += rest.substr(0, size);
      rest.remove_prefix(size);
    }
    if (left > 0) --left;
    if (out.size() > room) return run.out_of_memory();
    if (!run.spend(1 + a[2].size / 16)) return run.out_of_budget();
  }
  out += rest;
  return run.text(out);
}

Value split(Run& run, Arguments a) {
  const bool limited = are(a, {text, text, integer});
  if (!limited && !are(a, {text, text})) return no_overload(run, "split", a);
  if (!spend_search(run, a[0], a[1])) return run.out_of_budget();
  const std::int64_t limit = limited ? a[2].i : -1;
  std::vector<Value> parts;
  std::string_view rest = a[0].view();
  const std::string_view separator = a[1].view();
  if (limit == 0) return Value::list({});
  while (limit < 0 || static_cast<std::int64_t>(parts.size()) + 1 < limit) {
    // Without a separator every code point is a part.
    const std::size_t at = separator.empty() ? (rest.empty() ? 0 : octet_of(rest, 1)) : rest.find(separator);
    if (at == std::string_view::npos || (separator.empty() && at >= rest.size())) break;
    if (parts.size() + 1 >= run.list_items_max) return run.too_many_items();
    parts.push_back(Value::text(rest.substr(0, at)));
    rest.remove_prefix(at + separator.size());
  }
  if (!separator.empty() || !rest.empty()) parts.push_back(Value::text(rest));
  if (!run.spend(parts.size())) return run.out_of_budget();
  auto* room = run.arena.take<Value>(parts.size());
  if (room == nullptr) return run.out_of_memory();
  std::uninitialized_copy(parts.begin(), parts.end(), room);
  return Value::list({room, parts.size()});
}

Value join(Run& run, Arguments a) {
  const bool separated = are(a, {Kind::list, text});
  if (!separated && !are(a, {Kind::list})) return no_overload(run, "join", a);
  const std::string_view separator = separated ? a[1].view() : std::string_view{};
  std::uint64_t size = 0;
  for (const Value& item : a[0].elements()) {
    if (item.kind != text) return no_overload(run, "join", {&item, 1});
    size += item.size + separator.size();
    if (!run.spend(1 + item.size / 16)) return run.out_of_budget();
  }
  if (a[0].size == 0) return Value::text("");
  size -= separator.size();
  if (size > UINT32_MAX) return run.out_of_memory();
  char* out = run.arena.take<char>(size);
  if (out == nullptr) return run.out_of_memory();
  std::size_t at = 0;
  for (const Value& item : a[0].elements()) {
    if (at > 0 || &item != a[0].items) at += separator.copy(out + at, separator.size());
    at += item.view().copy(out + at, item.size);
  }
  return Value::text({out, at});
}

Value substring(Run& run, Arguments a) {
  const bool ended = are(a, {text, integer, integer});
  if (!ended && !are(a, {text, integer})) return no_overload(run, "substring", a);
  if (!run.spend(a[0].size / 8)) return run.out_of_budget();
  const std::string_view all = a[0].view();
  const auto from = octet_at(all, a[1].i);
  const auto to = ended ? octet_at(all, a[2].i) : std::optional(all.size());
  if (!from || !to || *to < *from) return out_of_range(run, "substring");
  return Value::text(all.substr(*from, *to - *from));
}

// White space by Unicode's property White_Space.
bool is_blank(std::uint32_t c) {
  return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}
Value trim(Run& run, Arguments a) {
  if (!are(a, {text})) return no_overload(run, "trim", a);
  if (!run.spend(a[0].size / 8)) return run.out_of_budget();
  std::string_view rest = a[0].view();
  while (!rest.empty()) {
    const CodePoint point = first_code_point(rest);
    if (point.bytes == 0 || !is_blank(point.value)) break;
    rest.remove_prefix(point.bytes);
  }
  while (!rest.empty()) {
    std::size_t last = rest.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(rest[last]) & 0xC0) == 0x80) --last;
    const CodePoint point = first_code_point(rest.substr(last));
    if (point.bytes == 0 || !is_blank(point.value)) break;
    rest = rest.substr(0, last);
  }
  return Value::text(rest);
}

Value quote(Run& run, Arguments a) {
  if (!are(a, {text})) return no_overload(run, "strings.quote", a);
  if (!run.spend(a[0].size / 8)) return run.out_of_budget();
  constexpr std::string_view plain = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view names = "abfnrtv\\\"";
  std::string out = "\"";
  std::string_view rest = a[0].view();
  while (!rest.empty()) {
    const CodePoint point = first_code_point(rest);
    const std::size_t size = point.bytes == 0 ? 1 : point.bytes;
    if (const std::size_t i = plain.find(rest[0]); i != std::string_view::npos) {
      out += '\\';
      out += names[i];
    } else if (point.bytes == 0) {
      append_code_point(out, 0xFFFD);
    } else {
      out += rest.substr(0, size);
    }
    rest.remove_prefix(size);
  }
  return run.text(out + "\"");
}

Value format(Run& run, Arguments a) {
  if (!are(a, {text, Kind::list})) return no_overload(run, "format", a);
  return format_text(run, a[0].view(), a[1].elements());
}

constexpr std::array<Signature, 1> char_forms = {{{"string, int", "string"}}};
constexpr std::array<Signature, 2> index_forms = {
    {{"string, string", "int"}, {"string, string, int", "int"}}};
constexpr std::array<Signature, 2> join_forms = {
    {{"list(string)", "string"}, {"list(string), string", "string"}}};
constexpr std::array<Signature, 1> text_forms = {{{"string", "string"}}};
constexpr std::array<Signature, 2> replace_forms = {
    {{"string, string, string", "string"}, {"string, string, string, int", "string"}}};
constexpr std::array<Signature, 2> split_forms = {
    {{"string, string", "list(string)"}, {"string, string, int", "list(string)"}}};
constexpr std::array<Signature, 2> substring_forms = {
    {{"string, int", "string"}, {"string, int, int", "string"}}};
constexpr std::array<Signature, 1> format_forms = {{{"string, list(dyn)", "string"}}};

constexpr std::array<Function, 13> table = {
    {{"charAt", true, char_forms, char_at, "the code point at the position, '' at the end"},
     {"indexOf", true, index_forms, index_of, "where the other text starts first, -1 where it is not in it"},
     {"lastIndexOf", true, index_forms, last_index_of,
      "where the other text starts last, -1 where it is not in it"},
     {"join", true, join_forms, join, "the texts of a list in one"},
     {"lowerAscii", true, text_forms, lower_ascii, "A to Z in small letters"},
     {"upperAscii", true, text_forms, upper_ascii, "a to z in capitals"},
     {"replace", true, replace_forms, replace,
      "with the other text in the place of every (or the first n) occurrences"},
     {"split", true, split_forms, split, "the parts between separators, at most n"},
     {"substring", true, substring_forms, substring, "from a position, up to another"},
     {"trim", true, text_forms, trim, "without white space at both ends"},
     {"reverse", true, text_forms, reverse, "the code points in reverse order"},
     {"format", true, format_forms, format, "%s %d %f %e %b %o %x %X replaced by the items of a list"},
     {"strings.quote", false, text_forms, quote, "in double quotes, with escapes"}}};

}  // namespace

std::span<const Function> strings_library() {
  return table;
}

}  // namespace tillwatch::cel
