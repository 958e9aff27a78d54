// The one rounding of quotients and deviations, against quadruple precision and at the edges of 64 bits.
#include "window/wide.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace tillwatch::window {
namespace {

__extension__ using Quad = __float128;

TEST(Wide, ratio_is_the_nearest_double) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 200000; ++i) {
    const auto part = static_cast<Int128>(static_cast<std::int64_t>(random() >> (random() % 64))) *
                      static_cast<std::int64_t>(1 + random() % 65536);
    const auto whole = static_cast<Uint128>(1 + (random() >> (random() % 64)));
    const Int128 signed_part = random() % 2 == 0 ? part : -part;
    ASSERT_EQ(ratio(signed_part, whole),
              static_cast<double>(static_cast<Quad>(signed_part) / static_cast<Quad>(whole)));
  }
}

TEST(Wide, ratio_breaks_ties_to_even) {
  const std::int64_t odd = (std::int64_t{1} << 53) + 1;  // half way between two doubles
  EXPECT_EQ(ratio(odd, 1), 9007199254740992.0);
  EXPECT_EQ(ratio(odd + 2, 1), 9007199254740996.0);
  EXPECT_EQ(ratio(static_cast<Int128>(odd) * 2 + 1, 2), 9007199254740994.0);  // just above the middle
  EXPECT_EQ(ratio(-odd, 1), -9007199254740992.0);
  EXPECT_EQ(ratio(0, 7), 0.0);
  EXPECT_EQ(ratio(1, (Uint128{1} << 127) - 1), std::ldexp(1.0, -127));
}

double deviation(const std::vector<std::int64_t>& values) {
  Int128 sum = 0;
  SquareSum squares;
  for (const std::int64_t v : values) {
    sum += v;
    squares.add(v);
  }
  return sample_deviation(values.size(), sum, squares);
}

TEST(Wide, deviation_of_known_samples) {
  EXPECT_EQ(deviation({5, 5, 5}), 0.0);
  EXPECT_EQ(deviation({1, 3}), std::sqrt(2.0));
  EXPECT_EQ(deviation({2, 4, 4, 4, 5, 5, 7, 9}), std::sqrt(32.0 / 7.0));
  EXPECT_EQ(deviation({-1'000'000'000'000, 1'000'000'000'000}), std::sqrt(2e24));
}

TEST(Wide, deviation_where_squares_pass_128_bits) {
  constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> values(5000, lowest);
  EXPECT_EQ(deviation(values), 0.0);  // the sum of squares is 5000 * 2^126: 139 bits
  values.resize(10000, highest);
  // Half at each end: sqrt(n / (n - 1)) times half the distance.
  const double want = std::sqrt(10000.0 / 9999.0) * std::ldexp(1.0, 63);
  EXPECT_NEAR(deviation(values) / want, 1.0, 1e-15);
}

TEST(Wide, narrow_keeps_what_fits) {
  constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(narrow(highest), highest);
  EXPECT_EQ(narrow(lowest), lowest);
  EXPECT_FALSE(narrow(static_cast<Int128>(highest) + 1));
  EXPECT_FALSE(narrow(static_cast<Int128>(lowest) - 1));
}

}  // namespace
}  // namespace tillwatch::window
