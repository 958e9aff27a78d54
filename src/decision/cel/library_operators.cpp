// The operators as functions: arithmetic, relations, membership. Called by both evaluators where their own
// short cuts for numbers do not apply, and read by the checker.
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "cel/compare.h"
#include "cel/library.h"
#include "cel/time_text.h"

namespace tillwatch::cel {
namespace {

using Arguments = std::span<const Value>;

Value overflow(Run& run, std::string_view kind) {
  return run.fail(ErrorKind::overflow, "the result does not fit ", kind);
}

bool both(Arguments a, Kind kind) {
  return a.size() == 2 && a[0].kind == kind && a[1].kind == kind;
}

// Timestamp plus nanoseconds.
Value shifted(Run& run, const Value& time, std::int64_t nanos, bool back) {
  std::int64_t seconds = nanos / nanos_per_second;
  std::int64_t rest = nanos % nanos_per_second;
  if (back) seconds = -seconds, rest = -rest;
  rest += time.size;
  if (rest < 0) rest += nanos_per_second, --seconds;
  if (rest >= nanos_per_second) rest -= nanos_per_second, ++seconds;
  const std::int64_t sum = time.i + seconds;
  if (!is_timestamp(sum)) return run.fail(ErrorKind::overflow, "the time lies outside the years 1 to 9999");
  return Value::timestamp(sum, static_cast<std::uint32_t>(rest));
}

Value concatenated(Run& run, const Value& a, const Value& b) {
  if (a.size == 0) return b;
  if (b.size == 0) return a;
  const std::uint64_t size = std::uint64_t{a.size} + b.size;
  if (size > std::numeric_limits<std::uint32_t>::max() || !run.spend(size / 16)) return run.out_of_budget();
  char* room = run.arena.take<char>(size);
  if (room == nullptr) return run.out_of_memory();
  std::memcpy(room, a.chars, a.size);
  std::memcpy(room + a.size, b.chars, b.size);
  return a.kind == Kind::text ? Value::text({room, size}) : Value::bytes({room, size});
}

Value joined_lists(Run& run, const Value& a, const Value& b) {
  if (a.size == 0) return b;
  if (b.size == 0) return a;
  const std::uint64_t size = std::uint64_t{a.size} + b.size;
  if (size > run.list_items_max) return run.too_many_items();
  if (!run.spend(size)) return run.out_of_budget();
  auto* room = run.arena.take<Value>(size);
  if (room == nullptr) return run.out_of_memory();
  std::uninitialized_copy_n(a.items, a.size, room);
  std::uninitialized_copy_n(b.items, b.size, room + a.size);
  return Value::list({room, size});
}

Value add(Run& run, Arguments a) {
  if (both(a, Kind::integer)) {
    std::int64_t r = 0;
    return __builtin_add_overflow(a[0].i, a[1].i, &r) ? overflow(run, "int") : Value::integer(r);
  }
  if (both(a, Kind::real)) return Value::real(a[0].d + a[1].d);
  if (both(a, Kind::text) || both(a, Kind::bytes)) return concatenated(run, a[0], a[1]);
  if (both(a, Kind::uinteger)) {
    std::uint64_t r = 0;
    return __builtin_add_overflow(a[0].u, a[1].u, &r) ? overflow(run, "uint") : Value::uinteger(r);
  }
  if (both(a, Kind::list)) return joined_lists(run, a[0], a[1]);
  if (both(a, Kind::duration)) {
    std::int64_t r = 0;
    return __builtin_add_overflow(a[0].i, a[1].i, &r) ? overflow(run, "duration") : Value::duration(r);
  }
  if (a.size() == 2 && a[0].kind == Kind::timestamp && a[1].kind == Kind::duration)
    return shifted(run, a[0], a[1].i, false);
  if (a.size() == 2 && a[0].kind == Kind::duration && a[1].kind == Kind::timestamp)
    return shifted(run, a[1], a[0].i, false);
  return no_overload(run, "+", a);
}

Value subtract(Run& run, Arguments a) {
  if (both(a, Kind::integer)) {
    std::int64_t r = 0;
    return __builtin_sub_overflow(a[0].i, a[1].i, &r) ? overflow(run, "int") : Value::integer(r);
  }
  if (both(a, Kind::real)) return Value::real(a[0].d - a[1].d);
  if (both(a, Kind::uinteger)) {
    std::uint64_t r = 0;
    return __builtin_sub_overflow(a[0].u, a[1].u, &r) ? overflow(run, "uint") : Value::uinteger(r);
  }
  if (both(a, Kind::duration)) {
    std::int64_t r = 0;
    return __builtin_sub_overflow(a[0].i, a[1].i, &r) ? overflow(run, "duration") : Value::duration(r);
  }
  if (both(a, Kind::timestamp)) {
    std::int64_t r = 0;
    const std::int64_t seconds = a[0].i - a[1].i;
    const std::int64_t nanos = std::int64_t{a[0].size} - std::int64_t{a[1].size};
    // Whole seconds first, so that the lowest duration is reached without passing it.
    if (__builtin_mul_overflow(seconds, nanos_per_second, &r) || __builtin_add_overflow(r, nanos, &r))
      return overflow(run, "duration");
    return Value::duration(r);
  }
  if (a.size() == 2 && a[0].kind == Kind::timestamp && a[1].kind == Kind::duration)
    return shifted(run, a[0], a[1].i, true);
  return no_overload(run, "-", a);
}

Value multiply(Run& run, Arguments a) {
  if (both(a, Kind::integer)) {
    std::int64_t r = 0;
    return __builtin_mul_overflow(a[0].i, a[1].i, &r) ? overflow(run, "int") : Value::integer(r);
  }
  if (both(a, Kind::real)) return Value::real(a[0].d * a[1].d);
  if (both(a, Kind::uinteger)) {
    std::uint64_t r = 0;
    return __builtin_mul_overflow(a[0].u, a[1].u, &r) ? overflow(run, "uint") : Value::uinteger(r);
  }
  return no_overload(run, "*", a);
}

// IEEE 754 division, also by zero; the sanitizer takes a division by zero for a mistake, here it is the
// language's rule.
double divided(double a, double b) {
  if (b != 0) return a / b;
  if (a == 0 || std::isnan(a)) return std::numeric_limits<double>::quiet_NaN();
  const bool negative = std::signbit(a) != std::signbit(b);
  return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
}

Value by_zero(Run& run) {
  return run.fail(ErrorKind::divide_by_zero, "division by zero");
}

Value divide(Run& run, Arguments a) {
  if (both(a, Kind::integer)) {
    if (a[1].i == 0) return by_zero(run);
    if (a[0].i == std::numeric_limits<std::int64_t>::min() && a[1].i == -1) return overflow(run, "int");
    return Value::integer(a[0].i / a[1].i);
  }
  if (both(a, Kind::real)) return Value::real(divided(a[0].d, a[1].d));
  if (both(a, Kind::uinteger)) return a[1].u == 0 ? by_zero(run) : Value::uinteger(a[0].u / a[1].u);
  return no_overload(run, "/", a);
}

Value remainder_of(Run& run, Arguments a) {
  if (both(a, Kind::integer)) {
    if (a[1].i == 0) return by_zero(run);
    if (a[1].i == -1) {
      if (a[0].i == std::numeric_limits<std::int64_t>::min()) return overflow(run, "int");
      return Value::integer(0);
    }
    return Value::integer(a[0].i % a[1].i);
  }
  if (both(a, Kind::uinteger)) return a[1].u == 0 ? by_zero(run) : Value::uinteger(a[0].u % a[1].u);
  return no_overload(run, "%", a);
}

Value negate(Run& run, Arguments a) {
  if (a.size() == 1 && a[0].kind == Kind::integer) {
    if (a[0].i == std::numeric_limits<std::int64_t>::min()) return overflow(run, "int");
    return Value::integer(-a[0].i);
  }
  if (a.size() == 1 && a[0].kind == Kind::real) return Value::real(-a[0].d);
  return no_overload(run, "-", a);
}

Value logical_not(Run& run, Arguments a) {
  if (a.size() == 1 && a[0].kind == Kind::boolean) return Value::boolean(a[0].i == 0);
  return no_overload(run, "!", a);
}

Value equal(Run& run, Arguments a) {
  return a.size() == 2 ? equality(run, a[0], a[1]) : no_overload(run, "==", a);
}
Value not_equal(Run& run, Arguments a) {
  if (a.size() != 2) return no_overload(run, "!=", a);
  const Value same = equality(run, a[0], a[1]);
  return same.is_error() ? same : Value::boolean(same.is_false());
}

template <class Test>
Value ordered(Run& run, Arguments a, std::string_view name, Test test) {
  const bool long_texts = a.size() == 2 && (a[0].kind == Kind::text || a[0].kind == Kind::bytes);
  if (long_texts && !run.spend(a[0].size / 16)) return run.out_of_budget();
  const auto order = a.size() == 2 ? compare(a[0], a[1]) : std::nullopt;
  return order ? Value::boolean(test(*order)) : no_overload(run, name, a);
}
Value less(Run& run, Arguments a) {
  return ordered(run, a, "<", [](std::partial_ordering o) { return o < 0; });
}
Value less_equal(Run& run, Arguments a) {
  return ordered(run, a, "<=", [](std::partial_ordering o) { return o <= 0; });
}
Value greater(Run& run, Arguments a) {
  return ordered(run, a, ">", [](std::partial_ordering o) { return o > 0; });
}
Value greater_equal(Run& run, Arguments a) {
  return ordered(run, a, ">=", [](std::partial_ordering o) { return o >= 0; });
}

Value in(Run& run, Arguments a) {
  if (a.size() == 2 && a[1].kind == Kind::map) return Value::boolean(find_key(a[1], a[0]) != nullptr);
  if (a.size() != 2 || a[1].kind != Kind::list) return no_overload(run, "in", a);
  for (const Value& item : a[1].elements()) {
    if (!run.spend(1)) return run.out_of_budget();
    const Value same = equality(run, a[0], item);
    if (!same.is_false()) return same;
  }
  return Value::boolean(false);
}

constexpr std::array<Signature, 9> add_forms = {{{"int, int", "int"},
                                                 {"uint, uint", "uint"},
                                                 {"double, double", "double"},
                                                 {"string, string", "string"},
                                                 {"bytes, bytes", "bytes"},
                                                 {"list(A), list(A)", "list(A)"},
                                                 {"timestamp, duration", "timestamp"},
                                                 {"duration, timestamp", "timestamp"},
                                                 {"duration, duration", "duration"}}};
constexpr std::array<Signature, 6> subtract_forms = {{{"int, int", "int"},
                                                      {"uint, uint", "uint"},
                                                      {"double, double", "double"},
                                                      {"timestamp, timestamp", "duration"},
                                                      {"timestamp, duration", "timestamp"},
                                                      {"duration, duration", "duration"}}};
constexpr std::array<Signature, 3> number_forms = {
    {{"int, int", "int"}, {"uint, uint", "uint"}, {"double, double", "double"}}};
constexpr std::array<Signature, 2> modulo_forms = {{{"int, int", "int"}, {"uint, uint", "uint"}}};
constexpr std::array<Signature, 2> negate_forms = {{{"int", "int"}, {"double", "double"}}};
constexpr std::array<Signature, 1> not_forms = {{{"bool", "bool"}}};
constexpr std::array<Signature, 1> equal_forms = {{{"A, A", "bool"}}};
constexpr std::array<Signature, 8> order_forms = {{{"int, int", "bool"},
                                                   {"uint, uint", "bool"},
                                                   {"double, double", "bool"},
                                                   {"string, string", "bool"},
                                                   {"bytes, bytes", "bool"},
                                                   {"bool, bool", "bool"},
                                                   {"timestamp, timestamp", "bool"},
                                                   {"duration, duration", "bool"}}};
constexpr std::array<Signature, 2> in_forms = {{{"A, list(A)", "bool"}, {"A, map(A, B)", "bool"}}};

constexpr std::array<Function, 14> table = {
    {{"_+_", false, add_forms, add, "sum; joins texts, bytes and lists"},
     {"_-_", false, subtract_forms, subtract, "difference"},
     {"_*_", false, number_forms, multiply, "product"},
     {"_/_", false, number_forms, divide, "quotient; of whole numbers towards zero"},
     {"_%_", false, modulo_forms, remainder_of, "remainder, with the sign of the dividend"},
     {"-_", false, negate_forms, negate, "negation"},
     {"!_", false, not_forms, logical_not, "not"},
     {"_==_", false, equal_forms, equal, "equal"},
     {"_!=_", false, equal_forms, not_equal, "not equal"},
     {"_<_", false, order_forms, less, "less"},
     {"_<=_", false, order_forms, less_equal, "less or equal"},
     {"_>_", false, order_forms, greater, "greater"},
     {"_>=_", false, order_forms, greater_equal, "greater or equal"},
     {"_in_", false, in_forms, in, "is in the list, or is a key of the map"}}};

}  // namespace

std::span<const Function> operator_library() {
  return table;
}

}  // namespace tillwatch::cel
