// What the pace grants beside others, in a gap and alone.
#include "api/batch_pace.h"

#include <gtest/gtest.h>

namespace tillwatch::api {
namespace {

constexpr std::int64_t ms = 1'000'000;

TEST(BatchPace, AloneTakesLargeSlicesAtOnce) {
  BatchPace pace;
  EXPECT_EQ(pace.wait_ms(0), 0);
  EXPECT_EQ(pace.lines(false, 0), BatchPace::lines_alone);
  EXPECT_EQ(pace.lines(false, 0), BatchPace::lines_alone);
}

TEST(BatchPace, BesideOthersAFewLinesRideAlong) {
  BatchPace pace;
  for (int turn = 0; turn < 5; ++turn) EXPECT_EQ(pace.lines(true, turn), BatchPace::lines_beside_others);
}

TEST(BatchPace, BetweenOthersItWaitsForAGap) {
  BatchPace pace;
  pace.lines(true, 0);
  EXPECT_EQ(pace.lines(false, BatchPace::gap_ns - 1), 0u);
  EXPECT_EQ(pace.wait_ms(BatchPace::gap_ns - 1), 1);
  EXPECT_EQ(pace.wait_ms(0), BatchPace::gap_ns / ms);
  EXPECT_EQ(pace.lines(false, BatchPace::gap_ns), BatchPace::lines_in_gap);
  EXPECT_EQ(pace.lines(false, BatchPace::gap_ns), 0u);
  EXPECT_EQ(pace.lines(false, 2 * BatchPace::gap_ns), BatchPace::lines_in_gap);
}

TEST(BatchPace, LongAfterTheLastRequestItIsAloneAgain) {
  BatchPace pace;
  pace.lines(true, 7 * ms);
  EXPECT_EQ(pace.lines(false, 7 * ms + BatchPace::quiet_ns - 1), BatchPace::lines_in_gap);
  EXPECT_EQ(pace.wait_ms(7 * ms + BatchPace::quiet_ns - 1), 1);
  EXPECT_EQ(pace.lines(false, 7 * ms + BatchPace::quiet_ns), BatchPace::lines_alone);
}

}  // namespace
}  // namespace tillwatch::api
