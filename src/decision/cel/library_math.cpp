// The math extension: greatest and least, rounding, signs, bits, square root. Called by both evaluators.
// Every function here is exact by IEEE 754: the same bits on every machine.
#include <array>
#include <cmath>

#include "cel/compare.h"
#include "cel/library.h"

namespace tillwatch::cel {
namespace {

using Arguments = std::span<const Value>;

Value extreme(Run& run, Arguments a, std::string_view name, bool greatest) {
  Arguments items = a;
  if (a.size() == 1 && a[0].kind == Kind::list) items = a[0].elements();
  if (items.empty())
    return run.fail(ErrorKind::invalid_argument, "there is no number to choose from in ", name);
  if (!run.spend(items.size())) return run.out_of_budget();
  const Value* best = nullptr;
  for (const Value& item : items) {
    if (!item.is_number()) return no_overload(run, name, a);
    if (best == nullptr) {
      best = &item;
      continue;
    }
    const auto order = compare_numbers(item, *best);
    if (order == std::partial_ordering::unordered)
      return run.fail(ErrorKind::invalid_argument, "NaN has no place in an order, in ", name);
    if (greatest ? order > 0 : order < 0) best = &item;
  }
  return *best;
}
Value greatest(Run& run, Arguments a) {
  return extreme(run, a, "math.greatest", true);
}
Value least(Run& run, Arguments a) {
  return extreme(run, a, "math.least", false);
}

template <class Rounding>
Value rounded(Run& run, Arguments a, std::string_view name, Rounding rounding) {
  if (a.size() != 1 || a[0].kind != Kind::real) return no_overload(run, name, a);
  return Value::real(rounding(a[0].d));
}
Value ceil(Run& run, Arguments a) {
  return rounded(run, a, "math.ceil", [](double d) { return std::ceil(d); });
}
Value floor(Run& run, Arguments a) {
  return rounded(run, a, "math.floor", [](double d) { return std::floor(d); });
}
// Halves away from zero.
Value round(Run& run, Arguments a) {
  return rounded(run, a, "math.round", [](double d) { return std::round(d); });
}
Value trunc(Run& run, Arguments a) {
  return rounded(run, a, "math.trunc", [](double d) { return std::trunc(d); });
}

Value abs(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "math.abs", a);
  if (a[0].kind == Kind::uinteger) return a[0];
  if (a[0].kind == Kind::real) return Value::real(std::fabs(a[0].d));
  if (a[0].kind != Kind::integer) return no_overload(run, "math.abs", a);
  if (a[0].i == INT64_MIN) return run.fail(ErrorKind::overflow, "the result does not fit ", "int");
  return Value::integer(a[0].i < 0 ? -a[0].i : a[0].i);
}
Value sign(Run& run, Arguments a) {
  if (a.size() != 1) return no_overload(run, "math.sign", a);
  if (a[0].kind == Kind::uinteger) return Value::uinteger(a[0].u == 0 ? 0 : 1);
  if (a[0].kind == Kind::integer) return Value::integer(a[0].i == 0 ? 0 : a[0].i < 0 ? -1 : 1);
  if (a[0].kind != Kind::real) return no_overload(run, "math.sign", a);
  if (std::isnan(a[0].d) || a[0].d == 0) return a[0];
  return Value::real(a[0].d < 0 ? -1.0 : 1.0);
}
Value sqrt(Run& run, Arguments a) {
  if (a.size() != 1 || !a[0].is_number()) return no_overload(run, "math.sqrt", a);
  const double number = a[0].kind == Kind::real      ? a[0].d
                        : a[0].kind == Kind::integer ? static_cast<double>(a[0].i)
                                                     : static_cast<double>(a[0].u);
  return Value::real(std::sqrt(number));
}

template <class Test>
Value tested(Run& run, Arguments a, std::string_view name, Test test) {
  if (a.size() != 1 || a[0].kind != Kind::real) return no_overload(run, name, a);
  return Value::boolean(test(a[0].d));
}
Value is_nan(Run& run, Arguments a) {
  return tested(run, a, "math.isNaN", [](double d) { return std::isnan(d); });
}
Value is_inf(Run& run, Arguments a) {
  return tested(run, a, "math.isInf", [](double d) { return std::isinf(d); });
}
Value is_finite(Run& run, Arguments a) {
  return tested(run, a, "math.isFinite", [](double d) { return std::isfinite(d); });
}

template <class Bits>
Value bitwise(Run& run, Arguments a, std::string_view name, Bits bits) {
  if (a.size() != 2 || a[0].kind != a[1].kind) return no_overload(run, name, a);
  if (a[0].kind == Kind::uinteger) return Value::uinteger(bits(a[0].u, a[1].u));
  if (a[0].kind != Kind::integer) return no_overload(run, name, a);
  return Value::integer(static_cast<std::int64_t>(
      bits(static_cast<std::uint64_t>(a[0].i), static_cast<std::uint64_t>(a[1].i))));
}
Value bit_and(Run& run, Arguments a) {
  return bitwise(run, a, "math.bitAnd", [](std::uint64_t x, std::uint64_t y) { return x & y; });
}
Value bit_or(Run& run, Arguments a) {
  return bitwise(run, a, "math.bitOr", [](std::uint64_t x, std::uint64_t y) { return x | y; });
}
Value bit_xor(Run& run, Arguments a) {
  return bitwise(run, a, "math.bitXor", [](std::uint64_t x, std::uint64_t y) { return x ^ y; });
}
Value bit_not(Run& run, Arguments a) {
  if (a.size() == 1 && a[0].kind == Kind::integer) return Value::integer(~a[0].i);
  if (a.size() == 1 && a[0].kind == Kind::uinteger) return Value::uinteger(~a[0].u);
  return no_overload(run, "math.bitNot", a);
}

// Shifts of 64 and more leave nothing; to the right, zeros come in also for an int.
Value shifted(Run& run, Arguments a, std::string_view name, bool left) {
  const bool number = a.size() == 2 && (a[0].kind == Kind::integer || a[0].kind == Kind::uinteger);
  if (!number || a[1].kind != Kind::integer) return no_overload(run, name, a);
  if (a[1].i < 0)
    return run.fail(ErrorKind::invalid_argument, "a shift by a negative number of bits, in ", name);
  const std::uint64_t bits = a[0].u;
  const std::uint64_t moved = a[1].i > 63 ? 0 : left ? bits << a[1].i : bits >> a[1].i;
  return a[0].kind == Kind::uinteger ? Value::uinteger(moved)
                                     : Value::integer(static_cast<std::int64_t>(moved));
}
Value shift_left(Run& run, Arguments a) {
  return shifted(run, a, "math.bitShiftLeft", true);
}
Value shift_right(Run& run, Arguments a) {
  return shifted(run, a, "math.bitShiftRight", false);
}

constexpr std::array<Signature, 1> extreme_forms = {{{"number...", "dyn"}}};
constexpr std::array<Signature, 1> double_forms = {{{"double", "double"}}};
constexpr std::array<Signature, 1> test_forms = {{{"double", "bool"}}};
constexpr std::array<Signature, 3> same_forms = {{{"int", "int"}, {"uint", "uint"}, {"double", "double"}}};
constexpr std::array<Signature, 3> root_forms = {
    {{"int", "double"}, {"uint", "double"}, {"double", "double"}}};
constexpr std::array<Signature, 2> bits_forms = {{{"int, int", "int"}, {"uint, uint", "uint"}}};
constexpr std::array<Signature, 2> not_forms = {{{"int", "int"}, {"uint", "uint"}}};
constexpr std::array<Signature, 2> shift_forms = {{{"int, int", "int"}, {"uint, int", "uint"}}};

constexpr std::array<Function, 18> table = {
    {{"math.greatest", false, extreme_forms, greatest,
      "the greatest of the numbers, or of a list of numbers"},
     {"math.least", false, extreme_forms, least, "the least of the numbers, or of a list of numbers"},
     {"math.ceil", false, double_forms, ceil, "the next whole number upwards"},
     {"math.floor", false, double_forms, floor, "the next whole number downwards"},
     {"math.round", false, double_forms, round, "the nearest whole number, halves away from zero"},
     {"math.trunc", false, double_forms, trunc, "without the fraction"},
     {"math.abs", false, same_forms, abs, "without the sign"},
     {"math.sign", false, same_forms, sign, "-1, 0 or 1"},
     {"math.sqrt", false, root_forms, sqrt, "the square root"},
     {"math.isNaN", false, test_forms, is_nan, "is not a number"},
     {"math.isInf", false, test_forms, is_inf, "is infinite"},
     {"math.isFinite", false, test_forms, is_finite, "is neither infinite nor NaN"},
     {"math.bitAnd", false, bits_forms, bit_and, "bits set in both"},
     {"math.bitOr", false, bits_forms, bit_or, "bits set in either"},
     {"math.bitXor", false, bits_forms, bit_xor, "bits set in one only"},
     {"math.bitNot", false, not_forms, bit_not, "every bit turned"},
     {"math.bitShiftLeft", false, shift_forms, shift_left, "bits moved to the left, zeros from the right"},
     {"math.bitShiftRight", false, shift_forms, shift_right,
      "bits moved to the right, zeros from the left"}}};

}  // namespace

std::span<const Function> math_library() {
  return table;
}

}  // namespace tillwatch::cel
