// An empty store for a test, with the schema of the program, on each engine that this run has: SQLite in a
// folder of its own, and PostgreSQL, in a schema of its own, where TILLWATCH_TEST_POSTGRES names a server
// (script/postgres-for-tests starts one). For the tests of every module that needs `sql`:
//
//   class ListTest : public ::testing::TestWithParam<sql::Dialect> {
//    protected:
//     sql::TestStore store_{GetParam()};            // migrated; gone with the test
//     sql::Connection& db_ = store_.connection();   // one more: store_.connect()
//   };
//   INSTANTIATE_TEST_SUITE_P(Engines, ListTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);
//   TEST_P(ListTest, AddsAnItem) { ... }
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/check.h"
#include "sql/database.h"
#include "sql/migration.h"

namespace tillwatch::sql {

// The server that tests may use; "" where there is none.
inline std::string test_postgres() {
  const char* url = std::getenv("TILLWATCH_TEST_POSTGRES");
  return url == nullptr ? "" : url;
}

inline std::vector<Dialect> test_engines() {
  std::vector<Dialect> engines{Dialect::sqlite};
  if (!test_postgres().empty()) engines.push_back(Dialect::postgres);
  return engines;
}

inline std::string engine_name(const ::testing::TestParamInfo<Dialect>& info) {
  return info.param == Dialect::sqlite ? "Sqlite" : "Postgres";
}

class TestStore {
 public:
  enum class Schema : bool { empty, migrated };

  explicit TestStore(Dialect dialect, Schema schema = Schema::migrated) {
    std::string pattern = ::testing::TempDir() + "tillwatch_store_XXXXXX";
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    url_ = dialect == Dialect::sqlite ? "sqlite:" + folder_ + "/desk.sqlite" : make_postgres_schema();
    database_ = value_of(open_database(url_));
    connection_ = connect();
    if (schema == Schema::empty) return;
    value_of(migrate(*connection_, migrations(), 1'782'864'000'000));
    // Nothing here outlives a loss of power: no commit needs to wait for the disk. Stores without a schema,
    // in which the driver itself is tested, keep what it sets.
    if (dialect == Dialect::sqlite) value_of(connection_->script("pragma synchronous = off"));
  }
  ~TestStore() {
    connection_.reset();
    if (!schema_.empty()) {
      const auto database = value_of(open_database(test_postgres()));
      value_of(value_of(database->connect())->script("drop schema " + schema_ + " cascade"));
    }
    std::filesystem::remove_all(folder_);
  }
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;

  Connection& connection() { return *connection_; }
  std::unique_ptr<Connection> connect() { return value_of(database_->connect()); }
  Database& database() { return *database_; }
  const std::string& url() const { return url_; }        // for open_database() and --database
  const std::string& folder() const { return folder_; }  // of this test; empty on PostgreSQL

 private:
  // The test cannot go on without it, and a constructor has no other way to say so.
  template <class T>
  static T value_of(core::Result<T> result) {
    if (!result) core::check_failed(__FILE__, __LINE__, result.error().to_string().c_str());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  std::string make_postgres_schema() {
    schema_ = folder_.substr(folder_.rfind('/') + 1);
    for (char& c : schema_) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
    schema_ += "_" + std::to_string(::getpid());  // two folders may differ by case only
    const auto database = value_of(open_database(test_postgres()));
    value_of(value_of(database->connect())->script("create schema " + schema_));
    const std::string url = test_postgres();
    return url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema_;
  }

  std::string folder_, url_, schema_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace tillwatch::sql
