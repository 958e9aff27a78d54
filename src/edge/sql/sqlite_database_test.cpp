// What only the SQLite driver does: the file, its rights, its settings, and a file that is none of ours.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sql/database.h"
#include "sql/store_fixture.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;
namespace fs = std::filesystem;

class SqliteTest : public ::testing::Test {
 protected:
  unsigned rights(const std::string& name) {
    return static_cast<unsigned>(fs::status(store_.folder() + "/" + name).permissions());
  }
  std::string setting(const std::string& name) {
    const Table table = store_.connection().query("pragma " + name).value();
    return table[0].type(0) == Type::text ? std::string(table[0].text(0))
                                          : std::to_string(table[0].integer(0));
  }
  TestStore store_{Dialect::sqlite, TestStore::Schema::empty};
};

TEST_F(SqliteTest, NobodyElseReadsItsFiles) {
  ASSERT_TRUE(store_.connection().script("create table x (id text)"));
  EXPECT_EQ(rights("desk.sqlite"), 0600u);
  EXPECT_EQ(rights("desk.sqlite-wal"), 0600u);
  EXPECT_EQ(rights("desk.sqlite-shm"), 0600u);
}

TEST_F(SqliteTest, SyncsEachCommitAndMindsForeignKeys) {
  EXPECT_EQ(setting("journal_mode"), "wal");
  EXPECT_EQ(setting("synchronous"), "2");
  EXPECT_EQ(setting("foreign_keys"), "1");
  EXPECT_EQ(setting("busy_timeout"), std::to_string(lock_wait_ms));
}

TEST_F(SqliteTest, RefusesAFileThatOthersMayRead) {
  fs::permissions(store_.folder() + "/desk.sqlite", fs::perms::group_read, fs::perm_options::add);
  const auto refused = open_database(store_.url());
  EXPECT_EQ(refused.error().code, ErrorCode::denied);
  EXPECT_NE(refused.error().detail.find("chmod 600"), std::string::npos);
}

TEST_F(SqliteTest, RefusesWhatIsNoDatabase) {
  const std::string path = store_.folder() + "/other";
  std::ofstream(path) << std::string(5000, 'x');
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  const auto database = open_database("sqlite:" + path).value();
  const auto refused = database->connect();
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  EXPECT_EQ(refused.error().where, path);
}

TEST_F(SqliteTest, RefusesAPathThatLeadsNowhere) {
  EXPECT_EQ(open_database("sqlite:").error().code, ErrorCode::invalid);
  EXPECT_EQ(open_database("sqlite:" + store_.folder() + "/").error().code, ErrorCode::invalid);
  EXPECT_EQ(open_database("sqlite:" + store_.folder() + "/no/such/desk.sqlite").error().code,
            ErrorCode::not_found);
  // Made, and taken away before anybody connected.
  const auto database = open_database("sqlite:" + store_.folder() + "/gone.sqlite").value();
  fs::remove(store_.folder() + "/gone.sqlite");
  EXPECT_EQ(database->connect().error().code, ErrorCode::io);
}

}  // namespace
}  // namespace tillwatch::sql
