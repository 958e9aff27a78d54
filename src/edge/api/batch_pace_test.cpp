// What the pace grants beside others, in a gap and alone.
#include "api/batch_pace.h"

#include <gtest/gtest.h>

namespace tillwatch::api {
namespace {

constexpr std::int64_t ms = 1'000'000;

TEST(BatchPace, AloneTakesLargeSlicesAtOnce) {
  BatchPace pace;
  EXPECT_EQ(pace.wait_ms(0), 0);
  EXPECT_EQ(pace.slice(false, 0).lines, BatchPace::alone.lines);
  EXPECT_EQ(pace.slice(false, 0).lines, BatchPace::alone.lines);
}

// Requests without a pause, a line costs 300 microseconds: batches get an eighth of the time.
TEST(BatchPace, BesideOthersItKeepsToItsShareOfTheTime) {
  BatchPace pace;
  constexpr std::int64_t turn_ns = 400'000, line_ns = 300'000;
  std::int64_t lines = 0, now = 0;
  for (int turn = 0; turn < 8000; ++turn) {
    const BatchSlice slice = pace.slice(true, now += turn_ns);
    ASSERT_LE(slice.lines, 1u);
    if (slice.lines == 0) continue;
    pace.spent(line_ns);
    ++lines;
  }
  EXPECT_LE(lines * line_ns, now / BatchPace::share_of_time + line_ns);
  EXPECT_GE(lines * line_ns, now / BatchPace::share_of_time * 8 / 10);
}

TEST(BatchPace, BetweenOthersItWaitsForAGap) {
  BatchPace pace;
  pace.slice(true, 0);
  EXPECT_EQ(pace.slice(false, BatchPace::gap_ns - 1).lines, 0u);
  EXPECT_EQ(pace.wait_ms(BatchPace::gap_ns - 1), 1);
  EXPECT_EQ(pace.wait_ms(0), BatchPace::gap_ns / ms);
  EXPECT_EQ(pace.slice(false, BatchPace::gap_ns).lines, BatchPace::in_gap.lines);
  EXPECT_EQ(pace.slice(false, BatchPace::gap_ns).lines, 0u);
  EXPECT_EQ(pace.slice(false, 2 * BatchPace::gap_ns).lines, BatchPace::in_gap.lines);
}

TEST(BatchPace, LongAfterTheLastRequestItIsAloneAgain) {
  BatchPace pace;
  pace.slice(true, 7 * ms);
  EXPECT_EQ(pace.slice(false, 7 * ms + BatchPace::quiet_ns - 1).lines, BatchPace::in_gap.lines);
  EXPECT_EQ(pace.wait_ms(7 * ms + BatchPace::quiet_ns - 1), 1);
  EXPECT_EQ(pace.slice(false, 7 * ms + BatchPace::quiet_ns).lines, BatchPace::alone.lines);
}

}  // namespace
}  // namespace tillwatch::api
