// The store's promises, on every engine that this run has: values come back as they went in, errors say the
// same, a transaction happens whole or not at all.
#include "sql/database.h"

#include <gtest/gtest.h>
#include <array>

#include <limits>

#include "sql/store_fixture.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

constexpr std::string_view tables =
    "create table shop (id text not null primary key, name text not null, opened bigint,"
    " share double precision, seal bytea, constraint shop_opened_known check (opened > 0));"
    "create unique index shop_by_name on shop (name, opened);"
    "create table till (shop text not null references shop (id), number bigint not null, note text,"
    " primary key (shop, number), unique (note));";

class DatabaseTest : public ::testing::TestWithParam<Dialect> {
 protected:
  DatabaseTest() { EXPECT_TRUE(db_.script(tables)); }
  core::Status add(std::string_view id, std::string_view name, std::int64_t opened) {
    auto done = db_.execute("insert into shop (id, name, opened) values ($1, $2, $3)", {id, name, opened});
    if (!done) return std::unexpected(done.error());
    EXPECT_EQ(*done, 1);
    return {};
  }
  std::int64_t count(Connection& connection) {
    return connection.query("select count(*) from shop").value()[0].integer(0);
  }
  TestStore store_{GetParam(), TestStore::Schema::empty};
  Connection& db_ = store_.connection();
};
INSTANTIATE_TEST_SUITE_P(Engines, DatabaseTest, ::testing::ValuesIn(test_engines()), engine_name);

TEST_P(DatabaseTest, GivesBackWhatWasBound) {
  const std::string octets("\0\x01'\\\xff\x80", 6);
  const std::string name = "老板's \"till\" \\x41 $1 \n%";
  ASSERT_TRUE(db_.execute("insert into shop (id, name, opened, share, seal) values ($1, $2, $3, $4, $5)",
                          {"a", name, std::numeric_limits<std::int64_t>::max(), 0.1, Octets{octets}}));
  ASSERT_TRUE(db_.execute("insert into shop (id, name, opened, share, seal) values ($1, $2, $3, $4, $5)",
                          {"b", "", Parameter{}, -1e300, Octets{""}}));
  const Table table =
      db_.query("select id, name, opened, share, seal, opened is null, 7 from shop order by id").value();
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0].size(), 7u);
  EXPECT_EQ(table[0].text(1), name);
  EXPECT_EQ(table[0].integer(2), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(table[0].decimal(3), 0.1);
  EXPECT_EQ(table[0].text(4), octets);
  EXPECT_EQ(table[0].type(4), Type::octets);
  EXPECT_EQ(table[0].integer(5), 0);
  EXPECT_EQ(table[0].decimal(6), 7.0);
  EXPECT_EQ(table[1].text(1), "");
  EXPECT_FALSE(table[1].is_null(1));
  EXPECT_TRUE(table[1].is_null(2));
  EXPECT_EQ(table[1].integer(2), 0);
  EXPECT_EQ(table[1].text(2), "");
  EXPECT_EQ(table[1].decimal(3), -1e300);
  EXPECT_EQ(table[1].text(4), "");
  EXPECT_FALSE(table[1].is_null(4));
  EXPECT_EQ(table[1].integer(5), 1);
}

TEST_P(DatabaseTest, BindsByTheNumberOfThePlaceholder) {
  // SQLite alone would number $2 first.
  const Table table = db_.query("select $2 || '-' || $1 || '-' || $2", {"one", "two"}).value();
  EXPECT_EQ(table[0].text(0), "two-one-two");
}

TEST_P(DatabaseTest, TakesNullWhereverAValueMayStand) {
  ASSERT_TRUE(add("a", "n", 5));
  const auto ids = [&](Parameter opened) {
    return db_
        .query("select id from shop where ($1 is null or opened = $1) and ($2 is null or id > $2)",
               {opened, Parameter{}})
        .value()
        .size();
  };
  EXPECT_EQ(ids(Parameter{}), 1u);
  EXPECT_EQ(ids(std::int64_t{5}), 1u);
  EXPECT_EQ(ids(std::int64_t{6}), 0u);
  EXPECT_EQ(db_.query("select coalesce($1, 3)", {Parameter{}}).value()[0].integer(0), 3);
  // Not read as a placeholder.
  EXPECT_EQ(db_.query("select '$1', $1 /* $1 */ -- $1\n", {Parameter{}}).value()[0].text(0), "$1");
}

TEST_P(DatabaseTest, CountsWholeNumbersBeyond32Bits) {
  EXPECT_EQ(db_.query("select $1 + 1", {std::int64_t{1} << 40}).value()[0].integer(0),
            (std::int64_t{1} << 40) + 1);
  ASSERT_TRUE(add("a", "n", 3'000'000'000));
  ASSERT_TRUE(add("b", "n", 3'000'000'001));
  const Table sum =
      db_.query("select sum(opened), max(opened), count(*) filter (where id = 'a') from shop").value();
  EXPECT_EQ(sum[0].integer(0), 6'000'000'001);
  EXPECT_EQ(sum[0].integer(1), 3'000'000'001);
  EXPECT_EQ(sum[0].integer(2), 1);
}

TEST_P(DatabaseTest, SaysHowManyRowsChanged) {
  ASSERT_TRUE(add("a", "n", 1));
  ASSERT_TRUE(add("b", "n", 2));
  EXPECT_EQ(db_.execute("update shop set name = $1", {"m"}), 2);
  EXPECT_EQ(db_.execute("update shop set name = $1 where id = 'c'", {"m"}), 0);
  EXPECT_EQ(db_.execute("create table other (id text not null primary key)"), 0);
  EXPECT_EQ(db_.execute("insert into shop (id, name) values ('a', 'n') on conflict (id) do nothing"), 0);
  EXPECT_EQ(db_.execute("delete from shop"), 2);
  const Table row = db_.query(
                           "insert into shop (id, name, opened) values ('a', 'n', 7) "
                           "on conflict (id) do update set opened = excluded.opened returning opened")
                        .value();
  EXPECT_EQ(row[0].integer(0), 7);
  EXPECT_EQ(count(db_), 1);
}

TEST_P(DatabaseTest, PagesByKeyAndStopsEarly) {
  for (int i = 0; i < 5; ++i) {
    const std::string id(1, static_cast<char>('a' + i));
    ASSERT_TRUE(add(id, id, 10 + i / 2));
  }
  std::string seen;
  ASSERT_TRUE(
      db_.each("select id from shop where (opened, id) < ($1, $2) order by opened desc, id desc limit $3",
               std::array<Parameter, 3>{std::int64_t{11}, "d", std::int64_t{3}}, [&](const Row& row) {
                 seen += row.text(0);
                 return seen.size() < 2;
               }));
  EXPECT_EQ(seen, "cb");
  EXPECT_EQ(db_.query("select id from shop", {}, 5).value().size(), 5u);
  EXPECT_EQ(db_.query("select id from shop", {}, 4).error().code, ErrorCode::limit);
}

TEST_P(DatabaseTest, RunsStatementsWhileReading) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(add(id, id, 1));
  constexpr std::string_view text = "select id from shop where id >= $1 order by id";
  std::string seen;
  ASSERT_TRUE(db_.each(text, std::array<Parameter, 1>{"a"}, [&](const Row& outer) {
    EXPECT_TRUE(db_.each(text, std::array<Parameter, 1>{outer.text(0)}, [&](const Row& inner) {
      seen += inner.text(0);
      return true;
    }));
    return true;
  }));
  EXPECT_EQ(seen, "abcbcc");
}

TEST_P(DatabaseTest, ForgetsTheOldestStatementsAndGoesOn) {
  for (int i = 0; i < 600; ++i) {
    const std::string text = "select $1 || '" + std::to_string(i % 300) + "'";
    ASSERT_EQ(db_.query(text, {"x"}).value()[0].text(0), "x" + std::to_string(i % 300));
  }
}

TEST_P(DatabaseTest, NamesTheConstraintThatRefuses) {
  ASSERT_TRUE(add("a", "n", 1));
  ASSERT_TRUE(db_.execute("insert into till values ('a', 1, 'first')"));
  const auto where = [&](std::string_view statement) {
    const auto done = db_.execute(statement);
    EXPECT_EQ(done.error().code, ErrorCode::conflict) << statement;
    return done ? "" : done.error().where;
  };
  EXPECT_EQ(where("insert into shop (id, name) values ('a', 'other')"), "shop_pkey");
  EXPECT_EQ(where("insert into shop (id, name, opened) values ('b', 'n', 1)"), "shop_by_name");
  EXPECT_EQ(where("insert into shop (id, name, opened) values ('b', 'n', 0)"), "shop_opened_known");
  EXPECT_EQ(where("insert into shop (id) values ('b')"), "shop.name");
  EXPECT_EQ(where("insert into till values ('a', 1, 'second')"), "till_pkey");
  EXPECT_EQ(where("insert into till values ('a', 2, 'first')"), "till_note_key");
  EXPECT_EQ(where("insert into till values ('x', 2, 'third')"), "foreign_key");
  EXPECT_EQ(where("delete from shop where id = 'a'"), "foreign_key");
  EXPECT_EQ(where("update shop set id = 'z' where id = 'a'"), "foreign_key");
}

TEST_P(DatabaseTest, ATransactionHappensWholeOrNotAtAll) {
  {
    Transaction transaction = Transaction::begin(db_).value();
    ASSERT_TRUE(add("a", "n", 1));
  }
  EXPECT_EQ(count(db_), 0);
  {
    Transaction transaction = Transaction::begin(db_).value();
    ASSERT_TRUE(add("a", "n", 1));
    EXPECT_EQ(count(*store_.connect()), 0);
    ASSERT_TRUE(transaction.commit());
  }
  EXPECT_EQ(count(*store_.connect()), 1);
}

TEST_P(DatabaseTest, AfterAnErrorATransactionIsOnlyGoodForRollingBack) {
  ASSERT_TRUE(add("a", "n", 1));
  Transaction transaction = Transaction::begin(db_).value();
  ASSERT_TRUE(add("b", "n", 2));
  EXPECT_EQ(add("a", "n", 3).error().where, "shop_pkey");
  EXPECT_EQ(add("c", "n", 3).error().where, "transaction");
  EXPECT_EQ(db_.script("delete from shop").error().where, "transaction");
  const auto done = transaction.commit();
  EXPECT_EQ(done.error().code, ErrorCode::conflict);
  EXPECT_EQ(count(db_), 1);
  EXPECT_TRUE(add("c", "n", 3));  // and the connection goes on
}

TEST_P(DatabaseTest, OneTransactionWritesAtATime) {
  const auto other = store_.connect();
  Transaction first = Transaction::begin(db_).value();
  ASSERT_TRUE(add("a", "n", 1));
  EXPECT_EQ(count(*other), 0);  // readers do not wait
  ASSERT_TRUE(
      other->script(GetParam() == Dialect::sqlite ? "pragma busy_timeout = 1" : "set lock_timeout = 1"));
  EXPECT_EQ(Transaction::begin(*other).error().code, ErrorCode::unavailable);
  ASSERT_TRUE(first.commit());
  Transaction second = Transaction::begin(*other).value();
  EXPECT_EQ(count(*other), 1);
  ASSERT_TRUE(second.commit());
}

TEST_P(DatabaseTest, AReadTransactionSeesOneMomentAndWritesNothing) {
  ASSERT_TRUE(add("a", "n", 1));
  const auto reader = store_.connect();
  {
    Transaction view = Transaction::begin_read(*reader).value();
    ASSERT_TRUE(add("b", "n", 2));
    EXPECT_EQ(count(*reader), 1);
    ASSERT_TRUE(add("c", "n", 3));
    EXPECT_EQ(count(*reader), 1);
    EXPECT_EQ(reader->execute("delete from shop").error().code, ErrorCode::denied);
  }
  EXPECT_EQ(count(*reader), 3);
  EXPECT_EQ(reader->execute("delete from shop"), 3);
}

TEST_P(DatabaseTest, WritesManyRowsAtOnce) {
  std::vector<std::string> ids;
  for (int i = 0; i < 1300; ++i) ids.push_back("id" + std::to_string(i));
  std::vector<Parameter> values;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    values.emplace_back(ids[i]);
    values.emplace_back(i % 7 == 0 ? Parameter{} : Parameter{static_cast<std::int64_t>(i)});
  }
  constexpr std::string_view text =
      "insert into shop (id, name, opened) values ($1, $1, $2) on conflict (id) do nothing";
  {
    Transaction transaction = Transaction::begin(db_).value();
    EXPECT_EQ(db_.execute_rows(text, 2, values), 1300);
    EXPECT_EQ(db_.execute_rows(text, 2, std::span(values).first(20)), 0);
    EXPECT_EQ(db_.execute_rows(text, 2, {}), 0);
    ASSERT_TRUE(transaction.commit());
  }
  EXPECT_EQ(db_.query("select count(*) from shop where opened is null").value()[0].integer(0), 186);
  EXPECT_EQ(db_.query("select sum(opened) from shop").value()[0].integer(0),
            1300 * 1299 / 2 - 7 * 186 * 185 / 2);
  {
    Transaction transaction = Transaction::begin(db_).value();
    ASSERT_TRUE(db_.execute("delete from shop where id <> 'id900'"));
    const auto twin =
        db_.execute_rows("insert into shop (id, name, opened) values ($1, 'x' || $1, $2)", 2, values);
    EXPECT_EQ(twin.error().where, "shop_pkey");
    EXPECT_FALSE(transaction.commit());
  }
  EXPECT_EQ(count(db_), 1300);
}

TEST_P(DatabaseTest, RefusesATextWithNul) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(db_.query("select $1", {text}).error().code, ErrorCode::invalid);
}

TEST_P(DatabaseTest, AScriptThatDoesNotParseIsAnError) {
  EXPECT_TRUE(db_.script(""));
  EXPECT_EQ(db_.script("create tabel x (id text)").error().code, ErrorCode::invalid);
}

TEST_P(DatabaseTest, LikeMindsTheCase) {
  EXPECT_EQ(db_.query("select $1 like 'A_c%' escape '!'", {"Abc"}).value()[0].integer(0), 1);
  EXPECT_EQ(db_.query("select $1 like 'a_c%' escape '!'", {"Abc"}).value()[0].integer(0), 0);
}

using DatabaseDeathTest = DatabaseTest;
INSTANTIATE_TEST_SUITE_P(Engines, DatabaseDeathTest, ::testing::ValuesIn(test_engines()), engine_name);

TEST_P(DatabaseDeathTest, OurMistakesEndTheProcess) {
  EXPECT_DEATH((void)db_.execute("selec 1"), "CHECK failed");
  EXPECT_DEATH((void)db_.execute("select $1"), "CHECK failed");
  EXPECT_DEATH((void)db_.execute("select $1", {"a", "b"}), "CHECK failed");
  EXPECT_DEATH((void)db_.query("select 'x'").value()[0].integer(0), "CHECK failed");
  EXPECT_DEATH((void)db_.query("select 'x'").value()[0].text(1), "CHECK failed");
  EXPECT_DEATH((void)db_.query("select 1").value()[0].text(0), "CHECK failed");
  EXPECT_DEATH((void)db_.query("select 1").value()[1], "CHECK failed");
}

TEST(OpenDatabase, RefusesWhatItDoesNotKnowWithoutRepeatingIt) {
  const auto refused = open_database("mysql://root:secret@host/x");
  EXPECT_EQ(refused.error().code, ErrorCode::invalid);
  EXPECT_EQ(refused.error().to_string().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::sql
