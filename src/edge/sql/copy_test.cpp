// Copies of a store: every row comes over, from and to each engine, of one moment, with its schema.
#include "sql/copy.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "sql/migration.h"
#include "sql/store_fixture.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

// Tables and rows of the program's own schema, as texts: whatever the modules have in it.
std::string dump(Connection& connection) {
  std::string all;
  const bool is_sqlite = connection.dialect() == Dialect::sqlite;
  const Table tables =
      connection
          .query(is_sqlite
                     ? "select name from sqlite_schema where type = 'table' order by name"
                     : "select tablename::text from pg_tables where schemaname = current_schema() order by 1")
          .value();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const std::string table(tables[i].text(0));
    if (table == "schema_migration") continue;
    all += table + ":";
    EXPECT_TRUE(connection.each("select * from " + table + " order by 1", {}, [&](const Row& row) {
      for (std::size_t c = 0; c < row.size(); ++c) {
        const Type type = row.type(c);
        all += type == Type::null      ? "-"
               : type == Type::integer ? std::to_string(row.integer(c))
               : type == Type::decimal ? std::to_string(row.decimal(c))
                                       : std::string(row.text(c));
        all += "|";
      }
      return true;
    }));
    all += "\n";
  }
  return all;
}

class CopyTest : public ::testing::TestWithParam<Dialect> {
 protected:
  CopyTest() {
    // Rows of the outbox: texts, numbers, octets, nulls, more than one flight.
    std::vector<std::string> subjects;
    for (int i = 1; i <= 4500; ++i) subjects.push_back("merchant:" + std::to_string(i));
    std::vector<Parameter> values;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      values.emplace_back(static_cast<std::int64_t>(i + 1));
      values.emplace_back(subjects[i]);
      values.emplace_back(i % 3 == 0 ? Parameter{} : Parameter{Octets{std::string_view("\0\xff\x01", 3)}});
    }
    Transaction transaction = Transaction::begin(db_).value();
    EXPECT_TRUE(
        db_.execute_rows("insert into outbox (number, kind, actor, subject, detail, at, entry, digest) "
                         "values ($1, 'x', 'a', $2, '', 5, $3, 'd')",
                         3, values));
    EXPECT_TRUE(db_.execute("update outbox_counter set epoch = 'e', last = 4500"));
    EXPECT_TRUE(transaction.commit());
  }
  std::string path() { return store_.folder() + "/copy.sqlite"; }
  TestStore store_{GetParam()};
  Connection& db_ = store_.connection();
};
INSTANTIATE_TEST_SUITE_P(Engines, CopyTest, ::testing::ValuesIn(test_engines()), engine_name);

TEST_P(CopyTest, ToAFileAndBackIntoEachEngine) {
  const std::string before = dump(db_);
  ASSERT_TRUE(copy_to_file(db_, path(), 7));
  EXPECT_EQ(static_cast<unsigned>(std::filesystem::status(path()).permissions()), 0600u);
  {
    const auto copy = open_database("sqlite:" + path()).value()->connect().value();
    EXPECT_EQ(dump(*copy), before);
    EXPECT_TRUE(migrate(*copy, migrations(), 8));
  }
  EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
  for (const Dialect dialect : test_engines()) {
    TestStore other(dialect, TestStore::Schema::empty);
    const core::Status filled = fill_from_file(path(), other.connection(), 9);
    ASSERT_TRUE(filled) << filled.error().to_string();
    EXPECT_EQ(dump(other.connection()), before);
    EXPECT_TRUE(migrate(other.connection(), migrations(), 10));
  }
  EXPECT_EQ(dump(db_), before);
}

TEST_P(CopyTest, IsOfOneMomentWhileAnotherWrites) {
  // A writer moves two rows together; a copy in which they differ is of no moment.
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    const auto other = store_.connect();
    for (std::int64_t i = 10'000; !stop; ++i) {
      Transaction transaction = Transaction::begin(*other).value();
      EXPECT_TRUE(other->execute("update outbox set at = $1 where number = 1", {i}));
      EXPECT_TRUE(other->execute("update outbox set at = $1 where number = 4500", {i}));
      EXPECT_TRUE(transaction.commit());
    }
  });
  for (int i = 0; i < 5; ++i) {
    const std::string file = path() + std::to_string(i);
    EXPECT_TRUE(copy_to_file(db_, file, 7));
    const auto copy = open_database("sqlite:" + file).value()->connect().value();
    EXPECT_EQ(
        copy->query("select count(distinct at) from outbox where number in (1, 4500)").value()[0].integer(0),
        1);
  }
  stop = true;
  writer.join();
}

TEST_P(CopyTest, RefusesWhatIsThereAlready) {
  ASSERT_TRUE(copy_to_file(db_, path(), 7));
  EXPECT_EQ(copy_to_file(db_, path(), 7).error().code, ErrorCode::conflict);
  EXPECT_EQ(fill_from_file(path(), db_, 7).error().code, ErrorCode::conflict);
}

TEST_P(CopyTest, RefusesASchemaThatIsNotThisPrograms) {
  ASSERT_TRUE(copy_to_file(db_, path(), 7));
  {
    const auto copy = open_database("sqlite:" + path()).value()->connect().value();
    ASSERT_TRUE(copy->execute("update schema_migration set sha256 = 'x' where version = 1"));
  }
  TestStore other(GetParam(), TestStore::Schema::empty);
  EXPECT_EQ(fill_from_file(path(), other.connection(), 9).error().code, ErrorCode::conflict);
}

TEST_P(CopyTest, RefusesARowThatRefersToNothing) {
  ASSERT_TRUE(copy_to_file(db_, path(), 7));
  {
    const auto copy = open_database("sqlite:" + path()).value()->connect().value();
    ASSERT_TRUE(
        copy->script("create table a (id bigint primary key, b bigint references a (id));"
                     "pragma foreign_keys = off; insert into a values (1, 2)"));
  }
  // A table that this program does not know has no columns on the other side.
  TestStore other(GetParam(), TestStore::Schema::empty);
  EXPECT_EQ(fill_from_file(path(), other.connection(), 9).error().where, "a");
}

}  // namespace
}  // namespace tillwatch::sql
