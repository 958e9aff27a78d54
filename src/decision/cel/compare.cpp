// Equality and order of values. Called by operators, libraries and both evaluators.
#include "cel/compare.h"

#include <algorithm>
#include <cmath>

#include "core/limits.h"

namespace tillwatch::cel {
namespace {

constexpr double two_63 = 9223372036854775808.0;
constexpr double two_64 = 18446744073709551616.0;

std::partial_ordering int_real(std::int64_t i, double d) {
  if (std::isnan(d)) return std::partial_ordering::unordered;
  if (d >= two_63) return std::partial_ordering::less;
  if (d < -two_63) return std::partial_ordering::greater;
  const auto whole = static_cast<std::int64_t>(d);
  if (i != whole) return i <=> whole;
  return 0.0 <=> (d - static_cast<double>(whole));
}
std::partial_ordering uint_real(std::uint64_t u, double d) {
  if (std::isnan(d)) return std::partial_ordering::unordered;
  if (d >= two_64) return std::partial_ordering::less;
  if (d < 0) return std::partial_ordering::greater;
  const auto whole = static_cast<std::uint64_t>(d);
  if (u != whole) return u <=> whole;
  return 0.0 <=> (d - static_cast<double>(whole));
}
std::partial_ordering int_uint(std::int64_t i, std::uint64_t u) {
  return i < 0 ? std::partial_ordering::less : static_cast<std::uint64_t>(i) <=> u;
}
std::partial_ordering flip(std::partial_ordering order) {
  return 0 <=> order;
}

int key_class(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return 0;
    case Kind::integer:
    case Kind::uinteger:
    case Kind::real:
      return 1;
    case Kind::text:
      return 2;
    default:
      return 3;
  }
}

bool key_less(const Value& a, const Value& b) {
  const int ca = key_class(a.kind);
  const int cb = key_class(b.kind);
  if (ca != cb) return ca < cb;
  if (ca == 0) return a.i < b.i;
  if (ca == 1) return compare_numbers(a, b) < 0;
  return a.view() < b.view();
}

// Compares and keeps what went wrong, so that the recursion stays plain.
class Equality {
 public:
  explicit Equality(Run& run) : run_(run) {}
  Value answer(const Value& a, const Value& b) {
    const bool same = equal(a, b, 0);
    if (too_deep_) return run_.fail(ErrorKind::limit, "lists or maps are nested too deep to compare");
    if (spent_) return run_.out_of_budget();
    return Value::boolean(same);
  }

 private:
  bool equal(const Value& a, const Value& b, std::uint32_t depth) {
    if (a.is_number() && b.is_number()) return compare_numbers(a, b) == 0;
    if (a.kind != b.kind) return false;
    switch (a.kind) {
      case Kind::null:
        return true;
      case Kind::boolean:
      case Kind::duration:
        return a.i == b.i;
      case Kind::timestamp:
        return a.i == b.i && a.size == b.size;
      case Kind::text:
      case Kind::bytes:
      case Kind::type:
        return spend(a.size / 16) && a.view() == b.view();
      case Kind::list:
        return lists(a, b, depth + 1);
      case Kind::map:
        return maps(a, b, depth + 1);
      case Kind::optional:
        if (!a.has_content() || !b.has_content()) return a.has_content() == b.has_content();
        return enter(depth + 1) && equal(*a.items, *b.items, depth + 1);
      default:
        return false;
    }
  }
  bool lists(const Value& a, const Value& b, std::uint32_t depth) {
    if (a.size != b.size || !enter(depth)) return false;
    for (std::uint32_t i = 0; i < a.size; ++i)
      if (!spend(1) || !equal(a.items[i], b.items[i], depth)) return false;
    return true;
  }
  // Both are sorted by key, so equal maps agree entry by entry.
  bool maps(const Value& a, const Value& b, std::uint32_t depth) {
    if (a.size != b.size || !enter(depth)) return false;
    for (std::uint32_t i = 0; i < a.size; ++i) {
      if (!spend(2) || !equal(a.entries[i].key, b.entries[i].key, depth)) return false;
      if (!equal(a.entries[i].value, b.entries[i].value, depth)) return false;
    }
    return true;
  }
  bool enter(std::uint32_t depth) {
    if (depth > core::limits::cel_value_depth_max) too_deep_ = true;
    return !too_deep_;
  }
  bool spend(std::uint64_t units) {
    if (!run_.spend(units)) spent_ = true;
    return !spent_;
  }

  Run& run_;
  bool too_deep_ = false;
  bool spent_ = false;
};

}  // namespace

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
  if (a.kind == Kind::integer) {
    if (b.kind == Kind::integer) return a.i <=> b.i;
    return b.kind == Kind::uinteger ? int_uint(a.i, b.u) : int_real(a.i, b.d);
  }
  if (a.kind == Kind::uinteger) {
    if (b.kind == Kind::uinteger) return a.u <=> b.u;
    return b.kind == Kind::integer ? flip(int_uint(b.i, a.u)) : uint_real(a.u, b.d);
  }
  if (b.kind == Kind::real) return a.d <=> b.d;
  return flip(b.kind == Kind::integer ? int_real(b.i, a.d) : uint_real(b.u, a.d));
}

std::optional<std::partial_ordering> compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.kind != b.kind) return std::nullopt;
  switch (a.kind) {
    case Kind::boolean:
    case Kind::duration:
      return a.i <=> b.i;
    case Kind::text:
    case Kind::bytes:
      return a.view() <=> b.view();
    case Kind::timestamp:
      return a.i != b.i ? a.i <=> b.i : a.size <=> b.size;
    default:
      return std::nullopt;
  }
}

Value equality(Run& run, const Value& a, const Value& b) {
  return Equality(run).answer(a, b);
}

bool is_key(const Value& value) {
  return key_class(value.kind) < 3 && value.kind != Kind::real;
}

const MapEntry* find_key(const Value& map, const Value& key) {
  if (key_class(key.kind) == 3 || (key.kind == Kind::real && std::isnan(key.d))) return nullptr;
  const auto pairs = map.pairs();
  const auto found =
      std::lower_bound(pairs.begin(), pairs.end(), key,
                       [](const MapEntry& entry, const Value& k) { return key_less(entry.key, k); });
  if (found == pairs.end() || key_less(key, found->key)) return nullptr;
  return &*found;
}

Value build_map(Run& run, std::span<MapEntry> entries) {
  for (const MapEntry& entry : entries)
    if (!is_key(entry.key))
      return run.fail(ErrorKind::invalid_argument, "a map key is a bool, int, uint or string, not ",
                      type_name(entry.key));
  std::sort(entries.begin(), entries.end(),
            [](const MapEntry& a, const MapEntry& b) { return key_less(a.key, b.key); });
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (!key_less(entries[i - 1].key, entries[i].key))
      return run.fail(ErrorKind::invalid_argument, "the same key is in the map twice");
  return Value::map(entries);
}

}  // namespace tillwatch::cel
