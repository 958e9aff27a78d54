// Journal and database that do not belong together are refused, whichever of them is older or another.
#include "relay/positions.h"

#include <gtest/gtest.h>

#include "relay/relay_fixture.h"

namespace tillwatch::relay {
namespace {

using pipeline::sale;

core::Status check(sql::Connection& db, pipeline::Pipeline& journal) {
  return check_positions(
      db, {journal.last_durable(), [&](core::Sequence at) { return journal.read(at); }, journal.acts()});
}

class Positions : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  // Sales and acts, all of it projected.
  static void live(Installation& at, int days) {
    Projector projector(at.disk, journal_folder, {});
    for (int day = 0; day < days; ++day) {
      at.world.send(sale(fmt::format("d{}", at.world.pipeline->last_durable().value)));
      at.act();
      at.hand_over();
      at.world.send(sale(fmt::format("e{}", at.world.pipeline->last_durable().value)));
      ASSERT_TRUE(at.project(projector).has_value());
    }
  }
  static void expect_refused(const core::Status& status, std::string_view words) {
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, core::ErrorCode::conflict);
    EXPECT_NE(status.error().detail.find(words), std::string::npos) << status.error().detail;
    EXPECT_NE(status.error().detail.find("from one backup"), std::string::npos);
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, Positions, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(Positions, AgreeFromTheBeginningAndAtAnyLag) {
  Installation at(GetParam());
  EXPECT_TRUE(check(at.store.connection(), *at.world.pipeline).has_value());
  live(at, 3);
  EXPECT_TRUE(check(at.store.connection(), *at.world.pipeline).has_value());
  at.act();
  EXPECT_TRUE(check(at.store.connection(), *at.world.pipeline).has_value()) << "requested, not journalled";
  at.hand_over();
  at.world.send(sale("more"));
  EXPECT_TRUE(check(at.store.connection(), *at.world.pipeline).has_value()) << "journalled, not projected";
}

TEST_P(Positions, DatabaseMayBeAddedToAJournalWithoutActs) {
  sim::SimDisk disk;
  pipeline::World world(disk);
  world.send(sale("a"));
  Installation other(GetParam());
  EXPECT_TRUE(check(other.store.connection(), *world.pipeline).has_value());
}

TEST_P(Positions, OlderJournalIsRefused) {
  Installation at(GetParam());
  live(at, 2);
  at.world.pipeline.reset();
  const auto backup = at.disk.after_kill();
  {
    pipeline::World again(at.disk);
    at.world.pipeline = std::move(again.pipeline);
  }
  live(at, 1);
  pipeline::World restored(*backup);
  expect_refused(check(at.store.connection(), *restored.pipeline), "the journal is older than the database");
  // It went on without the database, beyond what that has seen.
  for (int i = 0; i < 20; ++i) restored.send(sale(fmt::format("other{}", i)));
  expect_refused(check(at.store.connection(), *restored.pipeline), "not the one of this database");
}

TEST_P(Positions, OlderOrOtherDatabaseIsRefused) {
  Installation at(GetParam());
  live(at, 3);
  sql::Connection& db = at.store.connection();
  // As a backup from before the last act had it.
  ASSERT_TRUE(db.execute("update outbox_counter set last = 2").has_value());
  ASSERT_TRUE(db.execute("delete from outbox where number = 3").has_value());
  ASSERT_TRUE(db.execute("update projector_position set sequence = 0, digest = ''").has_value());
  expect_refused(check(db, *at.world.pipeline), "the database is older than the journal");
  at.act({}, "another.act");
  expect_refused(check(db, *at.world.pipeline), "went another way");
  Installation other(GetParam(), 99);
  expect_refused(check(other.store.connection(), *at.world.pipeline), "is not the one of this journal");
}

}  // namespace
}  // namespace tillwatch::relay
