// Distributions in whole numbers over tables (distribution_table.cpp): normal, lognormal, exponential,
// Poisson. Called by the world and its flows. Never touches floating point: it decides bytes.
#pragma once

#include <cstdint>
#include <span>

#include "simulator/random.h"

namespace tillwatch::simulator {

// A standard normal, times 2^16; within +-3.5 (the table ends there).
std::int32_t normal_q16(Stream& random);

// round(value * 2^(exponent_q16 / 2^16)) for value >= 0; saturates far beyond any amount of money.
std::int64_t scale_by_power(std::int64_t value, std::int64_t exponent_q16);

// A lognormal with this median; `spread_q16` is the standard deviation of its binary logarithm, times 2^16.
std::int64_t lognormal(Stream& random, std::int64_t median, std::int32_t spread_q16);

// An exponential with mean 1, times 2^16.
std::int64_t exponential_q16(Stream& random);

// A Poisson number with this mean, in thousandths; mean <= 5,000,000.
int poisson(Stream& random, std::int64_t mean_milli);

// The tables themselves.
std::span<const std::int32_t, 257> normal_upper_half_table();
std::span<const std::uint32_t, 257> power_of_two_table();
std::span<const std::int32_t, 256> exponential_table();

}  // namespace tillwatch::simulator
