// The steps of the schema: each taken once, whole or not at all, and every database that does not fit
// refused.
#include "sql/migration.h"

#include <gtest/gtest.h>

#include "sql/store_fixture.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

constexpr Migration one{1, "shop", "create table shop (id text)", "create table shop (id text)"};
constexpr Migration two{2, "till", "create table till (id text)", "create table till (id text, pg bigint)"};
constexpr Migration three{3, "desk", "create table desk (id text); insert into desk values ('x')",
                          "create table desk (id text); insert into desk values ('x')"};
constexpr Migration broken{3, "desk", "create table desk (id text); insert into nowhere values ('x')",
                           "create table desk (id text); insert into nowhere values ('x')"};
constexpr Migration other_one{1, "shop", "create table shop (id text, x text)",
                              "create table shop (id text, x text)"};

class MigrationTest : public ::testing::TestWithParam<Dialect> {
 protected:
  core::Status take(std::vector<Migration> steps) { return migrate(db_, steps, 1234); }
  std::string taken() {
    std::string all;
    EXPECT_TRUE(db_.each("select name from schema_migration order by version", {}, [&](const Row& row) {
      all += std::string(row.text(0)) + " ";
      return true;
    }));
    return all;
  }
  TestStore store_{GetParam(), TestStore::Schema::empty};
  Connection& db_ = store_.connection();
};
INSTANTIATE_TEST_SUITE_P(Engines, MigrationTest, ::testing::ValuesIn(test_engines()), engine_name);

TEST_P(MigrationTest, TakesEachStepOnce) {
  ASSERT_TRUE(take({}));
  EXPECT_EQ(schema_version(db_), 0);
  ASSERT_TRUE(take({one}));
  ASSERT_TRUE(take({one, two, three}));
  ASSERT_TRUE(take({one, two, three}));
  EXPECT_EQ(taken(), "shop till desk ");
  EXPECT_EQ(schema_version(db_), 3);
  EXPECT_EQ(db_.query("select id from desk").value().size(), 1u);
  const Table row =
      db_.query("select length(sha256), applied_at from schema_migration where version = 1").value();
  EXPECT_EQ(row[0].integer(0), 64);
  EXPECT_EQ(row[0].integer(1), 1234);
}

TEST_P(MigrationTest, AStepThatFailsLeavesNothing) {
  const auto failed = take({one, two, broken});
  EXPECT_EQ(failed.error().code, ErrorCode::invalid);
  EXPECT_NE(failed.error().where.find("0003-desk"), std::string::npos);
  EXPECT_EQ(taken(), "shop till ");
  ASSERT_TRUE(take({one, two, three}));  // its table was not left behind
}

TEST_P(MigrationTest, RefusesAStepWithAnotherText) {
  ASSERT_TRUE(take({one, two}));
  const auto refused = take({other_one, two, three});
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().where, "0001-shop");
  EXPECT_EQ(taken(), "shop till ");
}

TEST_P(MigrationTest, RefusesANewerDatabase) {
  ASSERT_TRUE(take({one, two, three}));
  const auto refused = take({one, two});
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().where, "0003-desk");
  EXPECT_NE(refused.error().detail.find("newer"), std::string::npos);
}

TEST_P(MigrationTest, RefusesAGap) {
  ASSERT_TRUE(take({one, three}));
  const auto left_out = take({one, two, three});
  EXPECT_EQ(left_out.error().code, ErrorCode::conflict);
  EXPECT_EQ(left_out.error().where, "0002-till");
  const auto unknown = take({three});
  EXPECT_EQ(unknown.error().code, ErrorCode::conflict);
  EXPECT_EQ(unknown.error().where, "0001-shop");
}

TEST_P(MigrationTest, TheProgramsOwnStepsFit) {
  ASSERT_TRUE(migrate(db_, migrations(), 1));
  ASSERT_TRUE(migrate(db_, migrations(), 2));
  EXPECT_EQ(schema_version(db_), migrations().empty() ? 0 : migrations().back().version);
}

}  // namespace
}  // namespace tillwatch::sql
