// What only the PostgreSQL driver does: its URI, passwords kept out of messages, sessions that get lost, and
// the texts it rewrites. The tests that need a server run where TILLWATCH_TEST_POSTGRES names one.
#include "sql/postgres_database.h"

#include <gtest/gtest.h>

#include "sql/postgres_text.h"
#include "sql/store_fixture.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

TEST(PostgresText, WritesOutNullsOutsideOfQuotesAndComments) {
  EXPECT_EQ(write_out_nulls("a = $1 or $2 is null or b = $2", {false, true}),
            "a = $1 or null is null or b = null");
  EXPECT_EQ(write_out_nulls("'$1 it''s $1' || \"$1\" || $1 -- $1\n/* $1 */ $1", {true}),
            "'$1 it''s $1' || \"$1\" || null -- $1\n/* $1 */ null");
  std::vector<bool> eleven(11);
  eleven[0] = true;
  EXPECT_EQ(write_out_nulls("$1 $2 $3 $4 $5 $6 $7 $8 $9 $10 $11", eleven),
            "null $2 $3 $4 $5 $6 $7 $8 $9 $10 $11");
  EXPECT_EQ(write_out_nulls("select '$ $x' || $x$", {}), "select '$ $x' || $x$");
}

TEST(PostgresUri, RefusesWhatLibpqCannotReadWithoutRepeatingIt) {
  const auto refused = open_database("postgres://me:sec%ret@host/x?no_such_option=sec%ret");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid);
  EXPECT_EQ(refused.error().to_string().find("ret"), std::string::npos);
}

TEST(PostgresUri, AServerThatIsNotThereIsUnavailableAndThePasswordStaysHidden) {
  const auto database = open_database("postgres://me:hush-hush@/x?host=/no/such/folder-hush-hush").value();
  const auto refused = database->connect();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_NE(refused.error().detail.find("/no/such/folder-***"), std::string::npos) << refused.error().detail;
  EXPECT_EQ(refused.error().to_string().find("hush"), std::string::npos);
}

class PostgresTest : public ::testing::TestWithParam<Dialect> {
 protected:
  std::int64_t integer(Connection& connection, std::string_view text) {
    return connection.query(text).value()[0].integer(0);
  }
  std::string text(Connection& connection, std::string_view statement) {
    return std::string(connection.query(statement).value()[0].text(0));
  }
  // As a network does it: from the server's side, between two statements.
  void cut(Connection& victim) {
    const std::int64_t process = integer(victim, "select pg_backend_pid()");
    EXPECT_EQ(store_.connect()
                  ->query("select pg_terminate_backend($1::int, 10000)", {process})
                  .value()[0]
                  .integer(0),
              1);
  }
  TestStore store_{GetParam(), TestStore::Schema::empty};
  Connection& db_ = store_.connection();
};
std::vector<Dialect> only_postgres() {
  std::vector<Dialect> engines = test_engines();
  std::erase(engines, Dialect::sqlite);
  return engines;
}
INSTANTIATE_TEST_SUITE_P(Engines, PostgresTest, ::testing::ValuesIn(only_postgres()), engine_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresTest);

TEST_P(PostgresTest, SyncsEachCommitWhateverTheServersDefault) {
  ASSERT_TRUE(db_.script("alter role current_user set synchronous_commit = off"));
  const auto other = store_.connect();
  EXPECT_EQ(text(*other, "show synchronous_commit"), "on");
  EXPECT_EQ(text(*other, "show lock_timeout"), "5s");
  ASSERT_TRUE(db_.script("alter role current_user reset synchronous_commit"));
}

TEST_P(PostgresTest, ALostSessionEndsItsTransactionAndTheNextCallOpensAnother) {
  ASSERT_TRUE(db_.script("create table shop (id text not null primary key)"));
  ASSERT_TRUE(db_.execute("insert into shop values ($1)", {"before"}));
  {
    Transaction transaction = Transaction::begin(db_).value();
    ASSERT_TRUE(db_.execute("insert into shop values ($1)", {"within"}));
    cut(db_);
    EXPECT_EQ(db_.execute("insert into shop values ($1)", {"after"}).error().code, ErrorCode::unavailable);
    EXPECT_EQ(db_.execute("insert into shop values ($1)", {"later"}).error().where, "transaction");
    EXPECT_FALSE(transaction.commit());
  }
  EXPECT_EQ(integer(db_, "select count(*) from shop"), 1);
  cut(db_);
  EXPECT_EQ(Transaction::begin(db_).error().code, ErrorCode::unavailable);
  Transaction transaction = Transaction::begin(db_).value();
  ASSERT_TRUE(db_.execute("insert into shop values ($1)", {"again"}));
  ASSERT_TRUE(transaction.commit());
  EXPECT_EQ(integer(db_, "select count(*) from shop"), 2);
  EXPECT_EQ(text(db_, "show lock_timeout"), "5s");
}

TEST_P(PostgresTest, ALostSessionInAFlightOfRowsIsUnavailable) {
  ASSERT_TRUE(db_.script("create table shop (id bigint not null primary key)"));
  std::vector<Parameter> values;
  for (std::int64_t i = 0; i < 2000; ++i) values.emplace_back(i);
  {
    Transaction transaction = Transaction::begin(db_).value();
    cut(db_);
    EXPECT_EQ(db_.execute_rows("insert into shop values ($1)", 1, values).error().code,
              ErrorCode::unavailable);
  }
  EXPECT_EQ(integer(db_, "select count(*) from shop"), 0);
}

TEST_P(PostgresTest, WaitsForALockNoLongerThanItIsTold) {
  ASSERT_TRUE(db_.script("create table shop (id bigint); insert into shop values (1); set lock_timeout = 1"));
  const auto other = store_.connect();
  ASSERT_TRUE(other->script("begin; update shop set id = 2"));
  EXPECT_EQ(db_.execute("update shop set id = 3").error().code, ErrorCode::unavailable);
  ASSERT_TRUE(other->script("rollback"));
  EXPECT_EQ(db_.execute("update shop set id = 3"), 1);
}

TEST_P(PostgresTest, SaysWhatTheServerRefuses) {
  const auto code = [&](std::string_view statement, std::initializer_list<Parameter> parameters) {
    return db_.query(statement, parameters).error().code;
  };
  EXPECT_EQ(code("select $1", {"\xff"}), ErrorCode::invalid);
  EXPECT_EQ(code("select $1::bigint", {"x"}), ErrorCode::invalid);
  ASSERT_TRUE(db_.script("set statement_timeout = 1"));
  EXPECT_EQ(code("select pg_sleep(10)", {}), ErrorCode::unavailable);
  ASSERT_TRUE(db_.script("reset statement_timeout"));
  EXPECT_EQ(open_database(store_.url() + "_gone").value()->connect().error().code, ErrorCode::not_found);
  EXPECT_EQ(open_database("postgres:///nowhere" + test_postgres().substr(test_postgres().find('?')))
                .value()
                ->connect()
                .error()
                .code,
            ErrorCode::unavailable);
}

TEST_P(PostgresTest, EachSchemaHasItsOwnWriter) {
  TestStore elsewhere(GetParam(), TestStore::Schema::empty);
  Transaction here = Transaction::begin(db_).value();
  const auto there = elsewhere.connect();
  EXPECT_TRUE(Transaction::begin(*there));
}

}  // namespace
}  // namespace tillwatch::sql
