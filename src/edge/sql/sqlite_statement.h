// A prepared statement of SQLite and the row it stands on. Called by the SQLite driver only. Never copies a
// value: what is bound is borrowed until reset(), what a row gives until the next step.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sql/database.h"

namespace tillwatch::sql {

class SqliteStatement final : public Row {
 public:
  // CHECK that the text is one statement that parses.
  SqliteStatement(sqlite3* connection, std::string_view text);

  // By the number in "$n": SQLite itself numbers placeholders by their first appearance. CHECK that as many
  // are bound as the text has. Errors: invalid (a text with NUL).
  core::Status bind(std::span<const Parameter> parameters);
  // SQLITE_ROW, SQLITE_DONE or an error.
  int step() { return sqlite3_step(statement_.get()); }
  void reset();
  bool busy() const { return sqlite3_stmt_busy(statement_.get()) != 0; }

  std::size_t size() const override {
    return static_cast<std::size_t>(sqlite3_column_count(statement_.get()));
  }
  Type type(std::size_t column) const override;
  std::int64_t integer(std::size_t column) const override;
  double decimal(std::size_t column) const override;
  std::string_view text(std::size_t column) const override;

 private:
  std::vector<int> places_;  // of "$1", "$2", ...: looking one up costs as much as binding it
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

}  // namespace tillwatch::sql
