// Distributions in whole numbers over tables (distribution_table.cpp): normal, lognormal, exponential,
// Poisson. Called by the world and its flows. Never touches floating point: it decides bytes.
#pragma once

#include <cstdint>
#include <span>

#include "chance/random.h"

namespace tillwatch::chance {

// A standard normal, times 2^16; within +-3.5 (the table ends there).
std::int32_t normal_q16(Stream& random);

// round(value * 2^(exponent_q16 / 2^16)) for value >= 0; saturates far beyond any amount of money.
std::int64_t scale_by_power(std::int64_t value, std::int64_t exponent_q16);

// The binary logarithm of value >= 1, times 2^16, rounded down.
std::int64_t log2_q16(std::uint64_t value);

// A lognormal with this median; `spread_q16` is the standard deviation of its binary logarithm, times 2^16.
std::int64_t lognormal(Stream& random, std::int64_t median, std::int32_t spread_q16);

// `spread_q16` of a lognormal from the standard deviation of its natural logarithm, in thousandths.
constexpr std::int32_t log_spread_q16(std::int64_t sigma_permille) {
  return static_cast<std::int32_t>(sigma_permille * 65'536'000 / 693'147);
}

// An exponential with mean 1, times 2^16.
std::int64_t exponential_q16(Stream& random);

// A Poisson number with this mean, in thousandths; mean <= 5,000,000.
int poisson(Stream& random, std::int64_t mean_milli);

// The tables themselves.
std::span<const std::int32_t, 257> normal_upper_half_table();
std::span<const std::uint32_t, 257> power_of_two_table();
std::span<const std::int32_t, 256> exponential_table();

}  // namespace tillwatch::chance
