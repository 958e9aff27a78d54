// The distributions against their mathematics, in floating point, which only tests may use.
#include "chance/distribution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace tillwatch::chance {
namespace {

constexpr std::uint64_t seed = 20260703;

TEST(Random, BoundsAreKeptAndReached) {
  Stream random(seed, Lane::act, 1);
  std::vector<int> seen(7);
  for (int i = 0; i < 7'000; ++i) ++seen[static_cast<std::size_t>(random.between(-3, 3) + 3)];
  for (const int count : seen) EXPECT_NEAR(count, 1'000, 150);
  EXPECT_EQ(random.below(1), 0u);
}

TEST(Random, TheSamePlaceGivesTheSameNumbersWhateverElseIsDrawn) {
  Stream one(seed, Lane::sale, 5, 20'000, 3);
  Stream noise(seed, Lane::sale, 6, 20'000, 3);
  noise.next();
  Stream again(seed, Lane::sale, 5, 20'000, 3);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(one.next(), again.next());
}

TEST(Random, EveryPartOfThePlaceCounts) {
  const std::uint64_t here = key_of(seed, Lane::sale, 5, 20'000, 3);
  EXPECT_NE(here, key_of(seed + 1, Lane::sale, 5, 20'000, 3));
  EXPECT_NE(here, key_of(seed, Lane::refund, 5, 20'000, 3));
  EXPECT_NE(here, key_of(seed, Lane::sale, 6, 20'000, 3));
  EXPECT_NE(here, key_of(seed, Lane::sale, 5, 20'001, 3));
  EXPECT_NE(here, key_of(seed, Lane::sale, 5, 20'000, 4));
}

TEST(Distribution, PowersFollowTheMathematics) {
  for (std::int64_t exponent = -8 * 65536; exponent <= 8 * 65536; exponent += 4'321) {
    const double expected = 1'000'000.0 * std::exp2(static_cast<double>(exponent) / 65536.0);
    const auto got = static_cast<double>(scale_by_power(1'000'000, exponent));
    EXPECT_NEAR(got, expected, expected * 2e-5 + 1) << exponent;
  }
  EXPECT_EQ(scale_by_power(0, 5 * 65536), 0);
  EXPECT_EQ(scale_by_power(100, 0), 100);
}

TEST(Distribution, TheNormalHasItsMomentsAndTails) {
  Stream random(seed, Lane::act, 2);
  constexpr int count = 200'000;
  double sum = 0, squares = 0;
  int beyond_two = 0;
  for (int i = 0; i < count; ++i) {
    const double z = normal_q16(random) / 65536.0;
    sum += z;
    squares += z * z;
    beyond_two += std::abs(z) > 2;
  }
  EXPECT_NEAR(sum / count, 0, 0.01);
  EXPECT_NEAR(squares / count, 1, 0.015);
  EXPECT_NEAR(beyond_two / double{count}, 0.0455, 0.003);
}

TEST(Distribution, TheLognormalHasItsMedian) {
  Stream random(seed, Lane::act, 3);
  int below = 0;
  for (int i = 0; i < 50'000; ++i) below += lognormal(random, 26'000, 60'000) < 26'000;
  EXPECT_NEAR(below / 50'000.0, 0.5, 0.01);
}

TEST(Distribution, ThePoissonHasItsMeanAndVariance) {
  for (const std::int64_t mean_milli : {0, 300, 4'000, 95'000}) {
    Stream random(seed, Lane::act, 4, mean_milli);
    double sum = 0, squares = 0;
    constexpr int count = 20'000;
    for (int i = 0; i < count; ++i) {
      const int n = poisson(random, mean_milli);
      sum += n;
      squares += double{1} * n * n;
    }
    const double mean = sum / count, expected = static_cast<double>(mean_milli) / 1000;
    EXPECT_NEAR(mean, expected, 0.02 * expected + 1e-9) << mean_milli;
    EXPECT_NEAR(squares / count - mean * mean, expected, 0.05 * expected + 1e-9) << mean_milli;
  }
}

}  // namespace
}  // namespace tillwatch::chance
