// The gates' learner: what it has to see for a gate to say something.
#include "learner.h"

#include <gtest/gtest.h>

#include <array>

#include "chance/random.h"

namespace tillwatch::gates {
namespace {

// Rows that lie evenly between 0 and 1, and so many in 20,000 of them beyond it, on the side given; of these
// the outer half is true. Other `rows` of the same kind with another number.
Table with_tail(std::uint64_t number, std::size_t beyond, bool below) {
  constexpr std::size_t rows = 20'000;
  Table out;
  out.columns = 1;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto drawn = static_cast<float>(chance::mix64(number * rows + i) % 10'000) / 10'000;
    const bool far = i < beyond, is_true = i < beyond / 2;
    const float value = far ? (is_true ? 3 + drawn : 1.5F + drawn) : drawn;
    out.add(std::array{below ? -value : value}, is_true, 1);
  }
  return out;
}

// Fifty rows in 20,000 lie beyond the rest, and half of these are acts: that no border between quantiles
// parts them is no reason to call them one.
TEST(SimLearner, PartsWhatLiesInATail) {
  for (const bool below : {false, true}) {
    const Table to = with_tail(2, 50, below);
    const auto scores = learn_and_score(with_tail(1, 50, below), to, {0}, {20, 3, 0.3F, 1000, 1000, 5});
    EXPECT_GT(average_precision(scores, to), 0.9) << (below ? "below" : "above");
  }
}

TEST(SimLearner, PartsEachValueWhereTheyAreFew) {
  Table table;
  table.columns = 1;
  for (std::size_t i = 0; i < 12'000; ++i)
    table.add(std::array{static_cast<float>(i % 120)}, i % 120 == 57, 1);
  const auto scores = learn_and_score(table, table, {0}, {20, 3, 0.3F});
  EXPECT_GT(average_precision(scores, table), 0.99);
}

TEST(SimLearner, LearnsNothingFromNothing) {
  Table table;
  table.columns = 1;
  for (std::size_t i = 0; i < 1'000; ++i) table.add(std::array{7.0F}, i % 10 == 0, 1);
  const auto scores = learn_and_score(table, table, {0}, {5, 3, 0.3F});
  EXPECT_DOUBLE_EQ(area_under_curve(scores, table), 0.5);
}

}  // namespace
}  // namespace tillwatch::gates
