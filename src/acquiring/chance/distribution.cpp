#include "chance/distribution.h"

#include "core/check.h"

namespace tillwatch::chance {
namespace {

constexpr std::int64_t ln_256_q16 = 363409;  // ln 256, times 2^16: where the exponential table ends
constexpr std::int64_t value_max = std::int64_t{1} << 40;

}  // namespace

std::int32_t normal_q16(Stream& random) {
  const std::uint32_t bits = random.next32();
  const bool negative = (bits & 1) != 0;
  const std::uint32_t at = bits >> 24;               // the cell, 0..255
  const std::int64_t within = (bits >> 8) & 0xffff;  // the place in the cell, 0..65535
  const auto table = normal_upper_half_table();
  const std::int64_t low = table[at];
  const std::int64_t high = table[at + 1];
  const auto z = static_cast<std::int32_t>(low + ((high - low) * within >> 16));
  return negative ? -z : z;
}

std::int64_t scale_by_power(std::int64_t value, std::int64_t exponent_q16) {
  CHECK(value >= 0);
  if (value > value_max) value = value_max;
  const std::int64_t whole = exponent_q16 >> 16;
  const std::int64_t part = exponent_q16 & 0xffff;
  const auto table = power_of_two_table();
  const auto at = static_cast<std::size_t>(part >> 8);
  const std::int64_t low = table[at];
  const std::int64_t high = table[at + 1];
  const std::int64_t factor_q20 = (low + ((high - low) * (part & 0xff) >> 8)) >> 10;
  std::int64_t scaled = value * factor_q20;  // below 2^61, times 2^20
  const std::int64_t shift = 20 - whole;
  if (shift <= 0) return value == 0 ? 0 : value_max;
  if (shift > 62) return 0;
  scaled = (scaled + (std::int64_t{1} << (shift - 1))) >> shift;
  return scaled < value_max ? scaled : value_max;
}

std::int64_t log2_q16(std::uint64_t value) {
  CHECK(value >= 1);
  int whole = 63;
  while ((value >> whole) == 0) --whole;
  // The mantissa in 31 bits after the point, squared once for each bit of the logarithm.
  std::uint64_t mantissa = whole <= 31 ? value << (31 - whole) : value >> (whole - 31);
  std::int64_t out = std::int64_t{whole} << 16;
  for (int bit = 15; bit >= 0; --bit) {
    mantissa = (mantissa * mantissa) >> 31;
    if (mantissa >= (std::uint64_t{2} << 31)) {
      mantissa >>= 1;
      out |= std::int64_t{1} << bit;
    }
  }
  return out;
}

std::int64_t lognormal(Stream& random, std::int64_t median, std::int32_t spread_q16) {
  const std::int64_t z = normal_q16(random);
  return scale_by_power(median, (z * spread_q16) >> 16);
}

std::int64_t exponential_q16(Stream& random) {
  std::int64_t sum = 0;
  for (;;) {
    const std::uint32_t bits = random.next32();
    const std::uint32_t at = bits >> 24;
    if (at == 255) {
      sum += ln_256_q16;
      continue;
    }
    const std::int64_t within = (bits >> 8) & 0xffff;
    const auto table = exponential_table();
    const std::int64_t low = table[at];
    const std::int64_t high = table[at + 1];
    return sum + low + ((high - low) * within >> 16);
  }
}

int poisson(Stream& random, std::int64_t mean_milli) {
  CHECK(mean_milli >= 0 && mean_milli <= 5'000'000);
  const std::int64_t end = mean_milli * 65536 / 1000;
  int count = 0;
  for (std::int64_t at = exponential_q16(random); at < end; at += exponential_q16(random)) ++count;
  return count;
}

}  // namespace tillwatch::chance
