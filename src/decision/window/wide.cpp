// Long division with a sticky bit, and 256-bit products; see wide.h.
#include "window/wide.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "core/check.h"

namespace tillwatch::window {

namespace {

constexpr int digits_wanted = 55;  // 53 of the result, one to round, one that is sticky

int bits_of(Uint128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  const auto low = static_cast<std::uint64_t>(value);
  return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(low);
}

// value * 2^exponent, rounded once; `value` has its sticky bit set where digits were cut. No result is
// subnormal here.
double rounded(Uint128 value, int exponent) {
  const int surplus = bits_of(value) - digits_wanted;
  if (surplus > 0) {
    const bool cut = (value & ((Uint128{1} << surplus) - 1)) != 0;
    value = (value >> surplus) | (cut ? 1 : 0);
    exponent += surplus;
  }
  // At most 55 bits: the conversion rounds to nearest even once, the scaling is exact.
  return std::ldexp(static_cast<double>(static_cast<std::uint64_t>(value)), exponent);
}

// 256 bits as four words, lowest first.
using Words = std::array<std::uint64_t, 4>;

void add_at(Words& sum, std::size_t at, Uint128 value) {
  for (; value != 0 && at < sum.size(); ++at) {
    const Uint128 total = static_cast<Uint128>(sum[at]) + static_cast<std::uint64_t>(value);
    sum[at] = static_cast<std::uint64_t>(total);
    value = (value >> 64) + (total >> 64);
  }
}

Words product(Uint128 a, Uint128 b) {
  const std::array<std::uint64_t, 2> x = {static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(a >> 64)};
  const std::array<std::uint64_t, 2> y = {static_cast<std::uint64_t>(b), static_cast<std::uint64_t>(b >> 64)};
  Words result{};
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) add_at(result, i + j, static_cast<Uint128>(x[i]) * y[j]);
  }
  return result;
}

Words minus(const Words& a, const Words& b) {
  Words result{};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Uint128 take = static_cast<Uint128>(b[i]) + borrow;
    borrow = static_cast<Uint128>(a[i]) < take ? 1 : 0;
    result[i] = static_cast<std::uint64_t>(a[i] - take);
  }
  return result;
}

double to_double(const Words& words) {
  std::size_t top = words.size() - 1;
  while (top > 1 && words[top] == 0) --top;
  Uint128 head = (static_cast<Uint128>(words[top]) << 64) | words[top - 1];
  bool cut = false;
  for (std::size_t i = 0; i + 1 < top; ++i) cut |= words[i] != 0;
  // Where words are cut the head has more than 64 bits, so that its lowest bit is below every digit kept.
  if (cut) head |= 1;
  return rounded(head, static_cast<int>(64 * (top - 1)));
}

}  // namespace

double ratio(Int128 part, Uint128 whole) {
  const bool negative = part < 0;
  const Uint128 magnitude = negative ? -static_cast<Uint128>(part) : static_cast<Uint128>(part);
  if (magnitude == 0) return 0;
  constexpr Uint128 exact = Uint128{1} << 53;
  if (magnitude <= exact && whole <= exact) {
    const double quick = static_cast<double>(static_cast<std::uint64_t>(magnitude)) /
                         static_cast<double>(static_cast<std::uint64_t>(whole));
    return negative ? -quick : quick;
  }
  Uint128 quotient = magnitude / whole;
  Uint128 rest = magnitude % whole;
  int exponent = 0;
  while (rest != 0 && bits_of(quotient) < digits_wanted) {
    int shift = 128 - bits_of(rest);
    if (shift > 128 - bits_of(quotient)) shift = 128 - bits_of(quotient);
    if (shift > 64) shift = 64;
    CHECK(shift > 0);
    rest <<= shift;
    quotient = (quotient << shift) | (rest / whole);
    rest %= whole;
    exponent -= shift;
  }
  if (rest != 0) quotient |= 1;
  const double result = rounded(quotient, exponent);
  return negative ? -result : result;
}

double sample_deviation(std::uint64_t n, Int128 sum, const SquareSum& squares) {
  const Uint128 magnitude = sum < 0 ? -static_cast<Uint128>(sum) : static_cast<Uint128>(sum);
  const Uint128 whole = static_cast<Uint128>(n) * (n - 1);
  Words scaled = product(squares.low, n);
  add_at(scaled, 2, static_cast<Uint128>(squares.high) * n);
  const Words numerator = minus(scaled, product(magnitude, magnitude));
  if (numerator[3] == 0 && numerator[2] == 0 && numerator[1] >> 63 == 0) {
    const auto part = static_cast<Int128>((static_cast<Uint128>(numerator[1]) << 64) | numerator[0]);
    return std::sqrt(ratio(part, whole));
  }
  return std::sqrt(to_double(numerator) / ratio(static_cast<Int128>(whole), 1));
}

std::optional<std::int64_t> narrow(Int128 value) {
  if (value < std::numeric_limits<std::int64_t>::min() || value > std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace tillwatch::window
