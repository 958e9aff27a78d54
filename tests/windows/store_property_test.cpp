// Store against the naive model on random streams: the definition of every feature, to the millisecond and
// the bit. TILLWATCH_WINDOW_SEEDS=n runs n seeds of every shape instead of the usual few.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "sim/rounds.h"
#include "windows/oracle.h"

namespace tillwatch::windows {
namespace {

std::uint64_t seeds() {
  const char* text = std::getenv("TILLWATCH_WINDOW_SEEDS");
  return text == nullptr ? sim::rounds(3) : std::strtoull(text, nullptr, 10);
}

std::vector<std::string> run(std::uint64_t seed, const WorldShape& shape, int count,
                             core::Sabotage sabotage) {
  Pair pair(seed, shape, StoreOptions{first_key, {}, sabotage});
  std::vector<std::string> found;
  for (int i = 0; i < count && found.empty(); ++i) found = pair.step();
  return found;
}

void run_all(const WorldShape& shape, int count) {
  const std::uint64_t first = std::random_device{}();
  for (std::uint64_t seed = first; seed < first + seeds(); ++seed) {
    for (const std::string& text : run(seed, shape, count, {})) ADD_FAILURE() << text;
  }
}

TEST(StoreProperty, random_streams_in_milliseconds) {
  run_all({}, 500);
}

TEST(StoreProperty, windows_of_one_to_three_milliseconds) {
  WorldShape shape;
  shape.window_ms = 3;
  shape.step_ms = 2;
  shape.lateness_ms = 6;
  shape.keys = 2;
  run_all(shape, 500);
}

TEST(StoreProperty, few_keys_with_many_entries) {
  WorldShape shape;
  shape.keys = 1;
  shape.window_ms = 30000;
  shape.features = 14;
  run_all(shape, 600);
}

TEST(StoreProperty, small_budgets) {
  WorldShape shape;
  shape.keys = 2;
  shape.budget_max = 40;
  run_all(shape, 500);
}

TEST(StoreProperty, huge_values) {
  WorldShape shape;
  shape.huge_values = true;
  shape.keys = 2;
  run_all(shape, 400);
}

TEST(StoreProperty, calendar_windows_over_month_ends) {
  WorldShape shape;
  shape.calendar = true;
  shape.step_ms = 12 * core::hour_ms;
  shape.window_ms = 40 * core::day_ms;
  shape.lateness_ms = 3 * core::day_ms;
  run_all(shape, 400);
}

TEST(StoreProperty, before_1970) {
  WorldShape shape;
  shape.start = -86400000LL * 365 * 30;
  shape.calendar = true;
  shape.step_ms = 20 * core::hour_ms;
  shape.window_ms = 49 * core::day_ms;
  run_all(shape, 300);
}

// Snapshots are taken, with writes going on, again and again; the restored store goes on in place of the old
// one.
TEST(StoreProperty, restarts_from_snapshots) {
  const std::uint64_t first = std::random_device{}();
  for (std::uint64_t seed = first; seed < first + seeds(); ++seed) {
    for (const std::uint32_t budget : {30U, 60000U}) {
      WorldShape shape;
      shape.budget_max = budget;
      Pair pair(seed, shape, StoreOptions{first_key, {}, {}});
      std::vector<std::string> found;
      for (int i = 0; i < 400 && found.empty(); ++i) {
        found = i % 50 == 49 ? pair.restart_from_snapshot(i / 10) : pair.step();
      }
      for (const std::string& text : found) ADD_FAILURE() << text;
    }
  }
}

#if defined(TILLWATCH_SABOTAGE)
TEST(StoreProperty, notices_dropped_late_entries) {
  core::Sabotage sabotage;
  sabotage.drop_late = true;
  EXPECT_FALSE(run(1, {}, 500, sabotage).empty());
}

TEST(StoreProperty, notices_a_closed_old_edge) {
  core::Sabotage sabotage;
  sabotage.closed_old_edge = true;
  WorldShape shape;
  shape.window_ms = 10;
  shape.step_ms = 3;
  EXPECT_FALSE(run(1, shape, 500, sabotage).empty());
}
#endif

}  // namespace
}  // namespace tillwatch::windows
