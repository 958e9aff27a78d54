#include "sql/sqlite_error.h"

#include <memory>
#include <string>
#include <vector>

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

// The rows of a pragma as texts.
std::vector<std::vector<std::string>> pragma(sqlite3* connection, const std::string& text) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(connection, text.c_str(), -1, &raw, nullptr) != SQLITE_OK) return {};
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, &sqlite3_finalize);
  std::vector<std::vector<std::string>> rows;
  while (sqlite3_step(raw) == SQLITE_ROW) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(raw); ++i) {
      const auto* cell = static_cast<const char*>(sqlite3_column_blob(raw, i));
      row.emplace_back(cell == nullptr ? "" : cell, static_cast<std::size_t>(sqlite3_column_bytes(raw, i)));
    }
  }
  return rows;
}

// "t.a, t.b" -> table "t" and columns "a", "b".
void split_columns(std::string_view text, std::string& table, std::vector<std::string>& columns) {
  while (!text.empty()) {
    const std::size_t end = text.find(", ");
    const std::string_view one = text.substr(0, end);
    const std::size_t dot = one.find('.');
    if (dot == std::string_view::npos) return;
    table = one.substr(0, dot);
    columns.emplace_back(one.substr(dot + 1));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
  }
}

// SQLite names the columns of a unique index where PostgreSQL names the index: find the name, or make the one
// PostgreSQL would have made for a constraint without a name.
std::string unique_name(sqlite3* connection, std::string_view listed) {
  std::string table;
  std::vector<std::string> columns;
  split_columns(listed, table, columns);
  if (columns.empty()) return std::string(listed);
  for (const auto& index : pragma(connection, "pragma index_list(\"" + table + "\")")) {
    if (index.size() < 4 || index[2] != "1") continue;
    std::vector<std::string> of_index;
    for (const auto& column : pragma(connection, "pragma index_info(\"" + index[1] + "\")"))
      of_index.push_back(column.at(2));
    if (of_index != columns) continue;
    if (index[3] == "c") return index[1];
    if (index[3] == "pk") return table + "_pkey";
    std::string name = table;
    for (const std::string& column : columns) name += "_" + column;
    return name + "_key";
  }
  return table + "_pkey";
}

core::Error constraint_error(sqlite3* connection, int code, std::string_view message) {
  const std::size_t colon = message.find(": ");
  const std::string named(colon == std::string_view::npos ? std::string_view() : message.substr(colon + 2));
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {ErrorCode::conflict, unique_name(connection, named), "there is such a row already"};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return {ErrorCode::conflict, "foreign_key",
              "a row that this one refers to is not there, or this one is still referred to"};
    case SQLITE_CONSTRAINT_NOTNULL:
      return {ErrorCode::conflict, named, "a value is missing"};
    default:
      return {ErrorCode::conflict, named, "a rule of the table refuses this row"};
  }
}

ErrorCode code_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return ErrorCode::unavailable;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorCode::denied;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
      return ErrorCode::limit;
    case SQLITE_INTERRUPT:
      return ErrorCode::cancelled;
    default:
      return ErrorCode::io;
  }
}

std::string_view advice_for(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ": another writer holds the database; try the whole transaction again";
    case SQLITE_FULL:
      return ": make room on the disk";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ": keep the file as it is and restore a backup beside it";
    default:
      return "";
  }
}

}  // namespace

core::Error sqlite_error(sqlite3* connection, int code, std::string_view statement) {
  // The message belongs to the failed call: taken before anything else is asked.
  const std::string message = sqlite3_errmsg(connection);
  if ((code & 0xff) == SQLITE_CONSTRAINT) return constraint_error(connection, code, message);
  const char* path = sqlite3_db_filename(connection, "main");
  std::string where = path == nullptr ? "sqlite" : path;
  if (!statement.empty()) where += ": " + std::string(statement.substr(0, 120));
  return {code_of(code), std::move(where), message + std::string(advice_for(code))};
}

}  // namespace tillwatch::sql
