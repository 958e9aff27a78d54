#include "policy/range.h"

#include <algorithm>
#include <cmath>

namespace tillwatch::policy {
namespace {

// Beyond this neighbouring whole numbers are one double: nothing is claimed there.
constexpr double exact_max = 9'007'199'254'740'992.0;

bool exact(const Range& range) {
  return (std::abs(range.low) < exact_max || std::isinf(range.low)) &&
         (std::abs(range.high) < exact_max || std::isinf(range.high));
}

// Whether every value of a is below every value of b (or equal, where `or_equal`).
bool below(const Range& a, const Range& b, bool or_equal) {
  if (std::isinf(a.high) || std::isinf(b.low)) return false;
  return a.high < b.low || (a.high == b.low && (or_equal || a.high_open || b.low_open));
}

}  // namespace

Relation negated(Relation relation) {
  switch (relation) {
    case Relation::less:
      return Relation::greater_equal;
    case Relation::less_equal:
      return Relation::greater;
    case Relation::greater:
      return Relation::less_equal;
    case Relation::greater_equal:
      return Relation::less;
    case Relation::equal:
      return Relation::not_equal;
    case Relation::not_equal:
      return Relation::equal;
  }
  return relation;
}

Relation mirrored(Relation relation) {
  switch (relation) {
    case Relation::less:
      return Relation::greater;
    case Relation::less_equal:
      return Relation::greater_equal;
    case Relation::greater:
      return Relation::less;
    case Relation::greater_equal:
      return Relation::less_equal;
    default:
      return relation;
  }
}

Truth compare(const Range& a, Relation relation, const Range& b) {
  if (!exact(a) || !exact(b)) return Truth::maybe;
  switch (relation) {
    case Relation::less:
      if (below(a, b, false)) return Truth::always;
      return below(b, a, true) ? Truth::never : Truth::maybe;
    case Relation::less_equal:
      if (below(a, b, true)) return Truth::always;
      return below(b, a, false) ? Truth::never : Truth::maybe;
    case Relation::greater:
      return compare(b, Relation::less, a);
    case Relation::greater_equal:
      return compare(b, Relation::less_equal, a);
    case Relation::equal:
      if (below(a, b, false) || below(b, a, false)) return Truth::never;
      return a.as_point() && a.as_point() == b.as_point() ? Truth::always : Truth::maybe;
    case Relation::not_equal: {
      const Truth equal = compare(a, Relation::equal, b);
      if (equal == Truth::maybe) return equal;
      return equal == Truth::never ? Truth::always : Truth::never;
    }
  }
  return Truth::maybe;
}

Range narrowed(Range a, Relation relation, const Range& b, bool whole) {
  if (!exact(b)) return a;
  switch (relation) {
    case Relation::less:
    case Relation::less_equal: {
      if (std::isinf(b.high)) return a;
      const bool open = relation == Relation::less || b.high_open;
      Range below_b{-Range::infinite, b.high, false, open};
      if (whole && open) below_b = {-Range::infinite, std::ceil(b.high) - 1};
      return both(a, below_b);
    }
    case Relation::greater:
    case Relation::greater_equal: {
      if (std::isinf(b.low)) return a;
      const bool open = relation == Relation::greater || b.low_open;
      Range above_b{b.low, Range::infinite, open, false};
      if (whole && open) above_b = {std::floor(b.low) + 1, Range::infinite};
      return both(a, above_b);
    }
    case Relation::equal:
      return both(a, b);
    case Relation::not_equal:
      if (!b.as_point() || whole) {
        if (b.as_point() && a.low == *b.as_point()) a.low += 1;
        if (b.as_point() && a.high == *b.as_point()) a.high -= 1;
        return a;
      }
      if (a.low == *b.as_point()) a.low_open = true;
      if (a.high == *b.as_point()) a.high_open = true;
      return a;
  }
  return a;
}

Range both(const Range& a, const Range& b) {
  Range result = a;
  if (b.low > a.low || (b.low == a.low && b.low_open)) {
    result.low = b.low;
    result.low_open = b.low_open;
  }
  if (b.high < a.high || (b.high == a.high && b.high_open)) {
    result.high = b.high;
    result.high_open = b.high_open;
  }
  return result;
}

Range hull(const Range& a, const Range& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

Range add(const Range& a, const Range& b) {
  return {a.low + b.low, a.high + b.high};
}

Range subtract(const Range& a, const Range& b) {
  return {a.low - b.high, a.high - b.low};
}

Range multiply(const Range& a, double factor) {
  if (factor == 0) return Range::point(0);
  return factor > 0 ? Range{a.low * factor, a.high * factor} : Range{a.high * factor, a.low * factor};
}

Range divide(const Range& a, double divisor, bool whole) {
  if (divisor == 0) return {};
  Range result = multiply(a, 1 / divisor);
  if (whole) result = {std::trunc(a.low / divisor), std::trunc(a.high / divisor)};
  if (result.low > result.high) std::swap(result.low, result.high);
  return result;
}

Range remainder(const Range& a, double divisor) {
  const double most = std::abs(divisor) - 1;
  if (divisor == 0 || most < 0) return {};
  return {a.low >= 0 ? 0.0 : -most, a.high <= 0 ? 0.0 : most};
}

}  // namespace tillwatch::policy
