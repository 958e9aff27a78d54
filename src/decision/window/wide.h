// Integers wider than 64 bits and their one rounding to double: sums, means and deviations that every machine
// repeats. Called by the aggregates. Never uses a libm function but sqrt, which IEEE 754 rounds correctly.
#pragma once

#include <cstdint>
#include <optional>

namespace tillwatch::window {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

// A sum of squares: below 2^192 for any number of entries that a budget allows.
struct SquareSum {
  Uint128 low = 0;
  std::uint64_t high = 0;
  void add(std::int64_t value) {
    const auto magnitude =
        static_cast<Uint128>(value < 0 ? -static_cast<Int128>(value) : static_cast<Int128>(value));
    const Uint128 square = magnitude * magnitude;
    low += square;
    high += low < square ? 1 : 0;
  }
};

// The double nearest to part / whole (ties to even). 0 < whole < 2^127.
double ratio(Int128 part, Uint128 whole);

// The standard deviation of a sample from its exact sums: sqrt((n * squares - sum^2) / (n * (n - 1))). n
// >= 2. Where the numerator passes 127 bits it is rounded once before the division.
double sample_deviation(std::uint64_t n, Int128 sum, const SquareSum& squares);

// The sum as int64, or nothing where it does not fit.
std::optional<std::int64_t> narrow(Int128 value);

}  // namespace tillwatch::window
