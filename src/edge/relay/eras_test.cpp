// Eras: which of them a span of sequences touches, and that the databases find the indexes that begin with
// one.
#include "relay/eras.h"

#include <gtest/gtest.h>

#include <string>

#include "sql/store_fixture.h"

namespace tillwatch::relay {
namespace {

class ErasTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void decide(std::int64_t sequence) {
    ASSERT_TRUE(db_.execute(
        "insert into decision (sequence, admitted_at, event_time, kind, authorisation, settlement, subject,"
        " asked_authorisation, asked_settlement, asked_subject, severity, score_ppm, fired)"
        " values ($1, 0, 0, 'transaction', 0, 0, 0, 0, 0, 0, 0, 0, 0)",
        {sequence}));
  }
  std::string within(SequenceSpan span) {
    const EraSpan found = eras_within(db_, span).value();
    return found.newest < found.oldest ? "none"
                                       : std::to_string(found.oldest) + "-" + std::to_string(found.newest);
  }
  sql::TestStore store_{GetParam()};
  sql::Connection& db_ = store_.connection();
};
INSTANTIATE_TEST_SUITE_P(Engines, ErasTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(ErasTest, ASpanTouchesTheErasThatTheTableHas) {
  constexpr std::int64_t length = std::int64_t{1} << era_bits;
  EXPECT_EQ(within({}), "none") << "nothing was decided";
  decide(length - 1);
  EXPECT_EQ(within({}), "0-0");
  decide(3 * length);
  EXPECT_EQ(within({}), "0-3");
  EXPECT_EQ(within({length, INT64_MAX}), "1-3");
  EXPECT_EQ(within({0, 3 * length}), "0-2");
  EXPECT_EQ(within({0, 3 * length + 1}), "0-3");
  EXPECT_EQ(within({0, length - 1}), "none") << "the oldest is not below itself";
  EXPECT_EQ(within({3 * length + 1, INT64_MAX}), "none");
  EXPECT_EQ(within({5, 5}), "none");
}

// An index of another expression than the schema's would not be found, and nothing but time would tell.
TEST_P(ErasTest, TheDatabaseFindsTheIndexesByEra) {
  if (GetParam() == sql::Dialect::postgres) {
    ASSERT_TRUE(db_.script("set enable_seqscan = off"));  // the table is small
  }
  for (const std::string column : {"merchant", "terminal", "agent", "card", "request_id"}) {
    const std::string value = column == "card" ? "7" : "'x'";
    const std::string statement = "select sequence from decision where " + std::string(era_expression) +
                                  " = 1 and " + column + " = " + value + " and sequence < 9";
    std::string plan;
    ASSERT_TRUE(
        db_.each((GetParam() == sql::Dialect::sqlite ? "explain query plan " : "explain ") + statement, {},
                 [&](const sql::Row& row) {
                   plan += row.text(GetParam() == sql::Dialect::sqlite ? 3 : 0);
                   return true;
                 }));
    const std::string index = "decision_" + (column == "request_id" ? "request" : column);
    EXPECT_NE(plan.find(index), std::string::npos) << plan;
  }
}

}  // namespace
}  // namespace tillwatch::relay
