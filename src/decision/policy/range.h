// The span of values that an expression can have, as far as it is known without any entry. Called by the
// review of a policy. Plain arithmetic over intervals; never knows more than the whole line where it is
// unsure.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace tillwatch::policy {

// From low to high; an end that is open does not belong to it.
struct Range {
  static constexpr double infinite = std::numeric_limits<double>::infinity();
  double low = -infinite;
  double high = infinite;
  bool low_open = false;
  bool high_open = false;

  static Range point(double value) { return {value, value}; }
  static Range from(double low) { return {low, infinite}; }
  std::optional<double> as_point() const {
    if (low == high) return low;
    return std::nullopt;
  }
  bool empty() const { return low > high || (low == high && (low_open || high_open)); }
};

enum class Relation : std::uint8_t { less, less_equal, greater, greater_equal, equal, not_equal };
Relation negated(Relation relation);
Relation mirrored(Relation relation);  // a < b as b > a

enum class Truth : std::uint8_t { maybe, always, never };
Truth compare(const Range& a, Relation relation, const Range& b);

// What is left of `a` where `a relation b` holds for some value of b. `whole`: values are whole numbers.
Range narrowed(Range a, Relation relation, const Range& b, bool whole);
// Both, and the least that holds both.
Range both(const Range& a, const Range& b);
Range hull(const Range& a, const Range& b);

Range add(const Range& a, const Range& b);
Range subtract(const Range& a, const Range& b);
Range multiply(const Range& a, double factor);
Range divide(const Range& a, double divisor, bool whole);
Range remainder(const Range& a, double divisor);

}  // namespace tillwatch::policy
