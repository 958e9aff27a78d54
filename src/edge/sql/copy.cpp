#include "sql/copy.h"

#include <vector>

#include "core/check.h"
#include "sql/migration.h"
#include "sql/sqlite_database.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

constexpr std::size_t flight_rows = 2000;
constexpr std::string_view own_table = "schema_migration";  // made by migrate() itself

std::string quoted(std::string_view name) {
  return "\"" + std::string(name) + "\"";
}

core::Result<std::vector<std::string>> texts(Connection& connection, std::string_view statement,
                                             std::initializer_list<Parameter> parameters = {}) {
  TRY(table, connection.query(statement, parameters));
  std::vector<std::string> out;
  for (std::size_t i = 0; i < table.size(); ++i) out.emplace_back(table[i].text(0));
  return out;
}

core::Result<std::vector<std::string>> tables_of(Connection& connection) {
  return texts(connection, connection.dialect() == Dialect::sqlite
                               ? "select name from sqlite_schema where type = 'table' and name not like "
                                 "'sqlite!_%' escape '!' order by name"
                               : "select tablename::text from pg_tables where schemaname = current_schema() "
                                 "order by tablename");
}

core::Result<std::vector<std::string>> columns_of(Connection& connection, const std::string& table) {
  return texts(connection,
               connection.dialect() == Dialect::sqlite
                   ? "select name from pragma_table_info($1) order by name"
                   : "select column_name::text from information_schema.columns where table_schema = "
                     "current_schema() and table_name = $1 order by column_name",
               {table});
}

std::string listed(const std::vector<std::string>& columns) {
  std::string all;
  for (const std::string& column : columns) all += (all.empty() ? "" : ", ") + quoted(column);
  return all;
}

// Rows on their way from one connection to the other, some at a time.
class Flight {
 public:
  Flight(Connection& to, std::string statement, std::size_t columns)
      : to_(to), statement_(std::move(statement)), columns_(columns) {}

  core::Status add(const Row& row) {
    kept_.add(row);
    return kept_.size() < flight_rows ? core::Status() : send();
  }
  core::Status send() {
    std::vector<Parameter> values;
    values.reserve(kept_.size() * columns_);
    for (std::size_t i = 0; i < kept_.size(); ++i)
      for (std::size_t column = 0; column < columns_; ++column) values.push_back(value_of(kept_[i], column));
    const auto done = to_.execute_rows(statement_, columns_, values);
    kept_ = Table();
    return done ? core::Status() : std::unexpected(done.error());
  }

 private:
  static Parameter value_of(const Row& row, std::size_t column) {
    switch (row.type(column)) {
      case Type::integer:
        return row.integer(column);
      case Type::decimal:
        return row.decimal(column);
      case Type::text:
        return row.text(column);
      case Type::octets:
        return Octets{row.text(column)};
      case Type::null:
        break;
    }
    return {};
  }
  Connection& to_;
  std::string statement_;
  std::size_t columns_;
  Table kept_;
};

// PostgreSQL would hand over a whole table at once: a cursor gives it in parts.
core::Status each_row(Connection& from, const std::string& select, Flight& flight) {
  core::Status sent;
  const auto take = [&](const Row& row) { return (sent = flight.add(row)).has_value(); };
  if (from.dialect() == Dialect::sqlite) {
    TRY_STATUS(from.each(select, {}, take));
    return sent;
  }
  TRY_STATUS(from.execute("declare copied no scroll cursor for " + select));
  const std::string fetch = "fetch forward " + std::to_string(flight_rows) + " from copied";
  for (bool more = true; more && sent;) {
    more = false;
    TRY_STATUS(from.each(fetch, {}, [&](const Row& row) {
      more = true;
      return take(row);
    }));
  }
  TRY_STATUS(from.execute("close copied"));
  return sent;
}

core::Status copy_table(Connection& from, Connection& to, const std::string& table) {
  TRY(columns, columns_of(from, table));
  TRY(there, columns_of(to, table));
  if (columns != there || columns.empty())
    return core::fail(ErrorCode::conflict, table, "the table has other columns on the other engine");
  std::string places;
  for (std::size_t i = 1; i <= columns.size(); ++i) places += (i == 1 ? "$" : ", $") + std::to_string(i);
  TRY_STATUS(to.execute("delete from " + quoted(table)));  // rows that the schema begins with
  Flight flight(to, "insert into " + quoted(table) + " (" + listed(columns) + ") values (" + places + ")",
                columns.size());
  TRY_STATUS(each_row(from, "select " + listed(columns) + " from " + quoted(table), flight));
  return flight.send();
}

// Rows come in no order that foreign keys would like: PostgreSQL's are taken away and put back, which checks
// them all.
core::Status copy_tables(Connection& from, Connection& to) {
  std::string away, back;
  if (to.dialect() == Dialect::postgres) {
    TRY(keys,
        to.query("select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from "
                 "pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace "
                 "order by conname"));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string alter = "alter table " + std::string(keys[i].text(0));
      away += alter + " drop constraint " + std::string(keys[i].text(1)) + ";";
      back += alter + " add constraint " + std::string(keys[i].text(1)) + " " + std::string(keys[i].text(2)) +
              ";";
    }
  }
  TRY_STATUS(to.script(away));
  TRY(tables, tables_of(from));
  for (const std::string& table : tables)
    if (table != own_table) TRY_STATUS(copy_table(from, to, table));
  TRY_STATUS(to.script(back));
  if (to.dialect() == Dialect::sqlite) {
    TRY(broken, to.query("select 1 from pragma_foreign_key_check limit 1"));
    if (!broken.empty())
      return core::fail(ErrorCode::corrupt, "foreign_key", "a row refers to one that is not there");
  }
  return {};
}

core::Result<std::unique_ptr<Connection>> connect_file(const std::string& path) {
  TRY(database, open_sqlite(path));
  return database->connect();
}

core::Status refuse_file(const std::string& path) {
  TRY(there, sqlite_file_exists(path));
  return there ? core::fail(ErrorCode::conflict, path, "the file is there already: it stays as it is")
               : core::Status();
}

core::Status fill(Connection& from, Connection& to, std::size_t steps, core::TimeMs now) {
  TRY_STATUS(migrate(to, migrations().first(steps), now));
  const bool is_sqlite = to.dialect() == Dialect::sqlite;
  // Cannot be changed inside a transaction; all are checked at the end.
  if (is_sqlite) TRY_STATUS(to.script("pragma foreign_keys = off"));
  TRY(transaction, Transaction::begin(to));
  TRY_STATUS(copy_tables(from, to));
  TRY_STATUS(transaction.commit());
  return is_sqlite ? to.script("pragma foreign_keys = on") : core::Status();
}

core::Status copy_rows_to_file(Connection& from, const std::string& path, core::TimeMs now) {
  TRY(view, Transaction::begin_read(from));
  TRY(taken, steps_taken(from, migrations()));
  TRY(to, connect_file(path));
  TRY_STATUS(fill(from, *to, taken, now));
  return view.commit();
}

}  // namespace

core::Status copy_to_file(Connection& from, const std::string& path, core::TimeMs now) {
  TRY_STATUS(refuse_file(path));
  if (from.dialect() == Dialect::sqlite) return copy_sqlite_pages(from, path);
  return copy_rows_to_file(from, path, now);
}

core::Status fill_from_file(const std::string& path, Connection& to, core::TimeMs now) {
  TRY(there, tables_of(to));
  if (!there.empty())
    return core::fail(ErrorCode::conflict, there.front(),
                      "the database is not empty: restore into one that has no tables");
  TRY(from, connect_file(path));
  TRY(taken, steps_taken(*from, migrations()));
  TRY(view, Transaction::begin_read(*from));
  TRY_STATUS(fill(*from, to, taken, now));
  return view.commit();
}

}  // namespace tillwatch::sql
