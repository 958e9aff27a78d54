#include "relay/retention.h"

#include <gtest/gtest.h>

#include "core/office_limits.h"
#include "relay/relay_fixture.h"

namespace tillwatch::relay {
namespace {

class RetentionTest : public ::testing::TestWithParam<sql::Dialect> {};
INSTANTIATE_TEST_SUITE_P(Engines, RetentionTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(RetentionTest, DeletesTheOldestInBoundedStepsAndNothingElse) {
  Installation at(GetParam());
  const int old = static_cast<int>(core::limits::retention_rows_at_once) + 7, kept = 9;
  for (int i = 0; i < old + kept; ++i) {
    const core::TimeMs now = pipeline::t0 + (i < old ? 0 : core::hour_ms);
    at.world.send(pipeline::sale(fmt::format("a{}", i), "token/x:c", 100, now), now);
    if (i % 10 == 0) at.world.send(pipeline::label(fmt::format("l{}", i), fmt::format("a{}", i)), now);
  }
  Projector projector(at.disk, journal_folder, {});
  ASSERT_TRUE(at.project(projector).has_value());
  sql::Connection& db = at.store.connection();
  Retention retention;
  const std::int64_t hits = at.count("select count(*) from decision_hit");
  const core::TimeMs before = pipeline::t0 + core::hour_ms;
  EXPECT_EQ(retention.step(db, pipeline::t0).value(), 0);
  EXPECT_EQ(retention.step(db, before).value(),
            static_cast<std::int64_t>(core::limits::retention_rows_at_once));
  EXPECT_EQ(retention.step(db, before).value(), 7);
  EXPECT_EQ(retention.step(db, before).value(), 0);
  EXPECT_EQ(at.count("select count(*) from decision"), kept);
  EXPECT_EQ(at.count("select count(*) from decision where admitted_at < " + std::to_string(before)), 0);
  EXPECT_LT(at.count("select count(*) from decision_hit"), hits);
  EXPECT_EQ(at.count("select count(*) from decision_hit h where not exists"
                     " (select 1 from decision d where d.sequence = h.sequence)"),
            0);
  EXPECT_EQ(at.count("select sum(count) from decision_hour"), old + kept);
  at.world.send(pipeline::sale("more"), before);
  ASSERT_TRUE(at.project(projector).has_value());
  EXPECT_EQ(at.count("select count(*) from decision"), kept + 1);
}

}  // namespace
}  // namespace tillwatch::relay
