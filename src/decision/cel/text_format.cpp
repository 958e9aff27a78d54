// The directives of format(). Called by the strings library only. Numbers are written without a locale.
#include "cel/text_format.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "cel/library.h"
#include "cel/number_text.h"
#include "cel/time_text.h"
#include "cel/utf8.h"
#include "core/limits.h"

namespace tillwatch::cel {
namespace {

std::string whole_in_base(std::uint64_t value, unsigned base, bool capitals) {
  constexpr std::string_view small = "0123456789abcdef";
  constexpr std::string_view large = "0123456789ABCDEF";
  std::string text;
  do text.insert(text.begin(), (capitals ? large : small)[value % base]);
  while ((value /= base) != 0);
  return text;
}
std::string in_base(const Value& value, unsigned base, bool capitals) {
  if (value.kind == Kind::uinteger) return whole_in_base(value.u, base, capitals);
  const auto bits = static_cast<std::uint64_t>(value.i);
  return value.i < 0 ? "-" + whole_in_base(~bits + 1, base, capitals) : whole_in_base(bits, base, capitals);
}

// Text of a double that is no number on the line, else empty.
std::string unusual(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return {};
}

class Formatter {
 public:
  explicit Formatter(Run& run) : run_(run), room_(run.arena.capacity() - run.arena.used()) {}

  Value whole(std::string_view pattern, std::span<const Value> items) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < pattern.size() && !failed();) {
      if (pattern[i] != '%') {
        const std::size_t next = std::min(pattern.find('%', i), pattern.size());
        put(pattern.substr(i, next - i));
        i = next;
        continue;
      }
      if (pattern.substr(i).starts_with("%%")) {
        put("%");
        i += 2;
        continue;
      }
      ++i;
      const int digits = precision(pattern, i);
      if (failed()) break;
      if (i >= pattern.size())
        return run_.fail(ErrorKind::invalid_argument, "the format ends within a directive");
      const char directive = pattern[i++];
      if (used >= items.size())
        return run_.fail(ErrorKind::invalid_argument, "the format asks for more items than the list has");
      one(directive, digits, items[used++]);
    }
    if (failure_) return *failure_;
    return run_.text(out_);
  }

 private:
  bool failed() const { return failure_.has_value(); }
  void fail(const Value& error) {
    if (!failure_) failure_ = error;
  }
  void put(std::string_view text) {
    if (!run_.spend(1 + text.size() / 16)) return fail(run_.out_of_budget());
    if (out_.size() + text.size() > room_) return fail(run_.out_of_memory());
    out_ += text;
  }
  void wrong(char directive, const Value& value) {
    const std::string name = std::string("%") + directive;
    fail(run_.fail(ErrorKind::invalid_argument, "the directive ", name,
                   std::string(" does not take ") + std::string(type_name(value))));
  }

  // ".3" before the directive; -1 where there is none.
  int precision(std::string_view pattern, std::size_t& i) {
    if (i >= pattern.size() || pattern[i] != '.') return -1;
    ++i;
    constexpr int most = 1000;
    int digits = 0;
    const std::size_t start = i;
    for (; i < pattern.size() && pattern[i] >= '0' && pattern[i] <= '9' && digits <= most; ++i)
      digits = digits * 10 + (pattern[i] - '0');
    if (i == start || digits > most)
      fail(run_.fail(ErrorKind::invalid_argument,
                     "the precision of a format directive is a number up to 1000"));
    return digits;
  }

  void one(char directive, int digits, const Value& value) {
    switch (directive) {
      case 's':
        return general(value, 0);
      case 'd':
        return decimal(value);
      case 'f':
      case 'e':
        return real(directive, digits < 0 ? 6 : digits, value);
      case 'b':
        if (value.kind == Kind::boolean) return put(value.truth() ? "1" : "0");
        return based(directive, 2, value);
      case 'o':
        return based(directive, 8, value);
      case 'x':
      case 'X':
        if (value.kind == Kind::text || value.kind == Kind::bytes)
          return octets(value.view(), directive == 'X');
        return based(directive, 16, value);
      default:
        fail(run_.fail(ErrorKind::invalid_argument, "unknown format directive ", std::string(1, directive)));
    }
  }

  void decimal(const Value& value) {
    if (value.kind == Kind::integer) return put(std::to_string(value.i));
    if (value.kind == Kind::uinteger) return put(std::to_string(value.u));
    if (value.kind != Kind::real) return wrong('d', value);
    const std::string other = unusual(value.d);
    put(other.empty() ? format_plain(value.d) : other);
  }

  void real(char directive, int digits, const Value& value) {
    if (!value.is_number()) return wrong(directive, value);
    const double number = value.kind == Kind::real      ? value.d
                          : value.kind == Kind::integer ? static_cast<double>(value.i)
                                                        : static_cast<double>(value.u);
    const std::string other = unusual(number);
    if (!other.empty()) return put(other);
    put(directive == 'f' ? format_fixed(number, digits) : format_exponent(number, digits));
  }

  void based(char directive, unsigned base, const Value& value) {
    if (value.kind != Kind::integer && value.kind != Kind::uinteger) return wrong(directive, value);
    put(in_base(value, base, directive == 'X'));
  }

  void octets(std::string_view bytes, bool capitals) {
    std::string text;
    for (const char c : bytes) {
      const auto octet = static_cast<unsigned char>(c);
      text += whole_in_base(octet >> 4, 16, capitals) + whole_in_base(octet & 15, 16, capitals);
    }
    put(text);
  }

  // Bytes that are no UTF-8 become one replacement character a run.
  void readable(std::string_view bytes) {
    std::string text;
    bool bad = false;
    while (!bytes.empty()) {
      const CodePoint point = first_code_point(bytes);
      const std::size_t size = point.bytes == 0 ? 1 : point.bytes;
      if (point.bytes != 0) {
        text += bytes.substr(0, size);
      } else if (!bad) {
        append_code_point(text, 0xFFFD);
      }
      bad = point.bytes == 0;
      bytes.remove_prefix(size);
    }
    put(text);
  }

  void general(const Value& value, std::uint32_t depth) {
    if (depth > core::limits::cel_value_depth_max)
      return fail(run_.fail(ErrorKind::limit, "lists or maps are nested too deep to format"));
    if (failed()) return;
    switch (value.kind) {
      case Kind::null:
        return put("null");
      case Kind::boolean:
        return put(value.truth() ? "true" : "false");
      case Kind::integer:
      case Kind::uinteger:
      case Kind::real:
        return decimal(value);
      case Kind::text:
      case Kind::type:
        return put(value.view());
      case Kind::bytes:
        return readable(value.view());
      case Kind::timestamp:
        return put(format_timestamp({value.i, value.size}));
      case Kind::duration:
        return put(format_duration_text(value.i));
      case Kind::list:
        return list(value, depth);
      case Kind::map:
        return map(value, depth);
      default:
        return wrong('s', value);
    }
  }

  void list(const Value& value, std::uint32_t depth) {
    put("[");
    bool first = true;
    for (const Value& item : value.elements()) {
      if (failed()) return;
      if (!first) put(", ");
      first = false;
      general(item, depth + 1);
    }
    put("]");
  }

  // Entries go by the text of their keys.
  void map(const Value& value, std::uint32_t depth) {
    std::vector<std::pair<std::string, const Value*>> entries;
    for (const MapEntry& entry : value.pairs()) {
      std::string before = std::move(out_);
      out_.clear();
      general(entry.key, depth + 1);
      entries.emplace_back(std::move(out_), &entry.value);
      out_ = std::move(before);
      if (failed()) return;
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    put("{");
    for (std::size_t i = 0; i < entries.size() && !failed(); ++i) {
      if (i > 0) put(", ");
      put(entries[i].first);
      put(": ");
      general(*entries[i].second, depth + 1);
    }
    put("}");
  }

  Run& run_;
  std::size_t room_;
  std::string out_;
  std::optional<Value> failure_;
};

}  // namespace

Value format_text(Run& run, std::string_view pattern, std::span<const Value> items) {
  return Formatter(run).whole(pattern, items);
}

}  // namespace tillwatch::cel
