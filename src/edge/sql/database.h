// The relational store of people's work: one interface over SQLite and PostgreSQL, one text of SQL for both.
// Called by relay and by every subject of the back office, on the service thread; the drivers are
// sqlite_database.cpp and postgres_database.cpp. Never called while deciding; never builds SQL from input:
// values are bound.
//
// SQL is the subset that both engines read alike: bigint, text and bytea columns, $1 placeholders,
// insert ... on conflict ... do update ... returning, row-value comparison, CTE, window functions. Times are
// bigint milliseconds since 1970, ids are made by the program. Not used: autoincrement, STRICT, ::type, JSON
// operators, date functions, `blob`, the order of NULL, the case rules of LIKE.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.h"

namespace tillwatch::sql {

enum class Dialect : std::uint8_t { sqlite, postgres };

// Octets for a bytea column: told apart from text, because the engines store them differently.
struct Octets {
  std::string_view bytes;
};

// A value to bind: NULL, a whole number, a decimal, a text (UTF-8, without NUL) or octets. Borrowed until the
// call returns.
using Parameter = std::variant<std::monostate, std::int64_t, double, std::string_view, Octets>;

enum class Type : std::uint8_t { null, integer, decimal, text, octets };

// One row of a result. Valid inside the callback it is handed to, or as long as its Table.
class Row {
 public:
  virtual ~Row() = default;
  virtual std::size_t size() const = 0;
  virtual Type type(std::size_t column) const = 0;
  bool is_null(std::size_t column) const { return type(column) == Type::null; }
  // CHECK that the column exists and holds such a value: a mismatch is a programmer's error. NULL gives 0 or
  // "". A truth value is the whole number 0 or 1, as SQLite has it.
  virtual std::int64_t integer(std::size_t column) const = 0;
  virtual double decimal(std::size_t column) const = 0;         // also a whole number
  virtual std::string_view text(std::size_t column) const = 0;  // also octets, as they are
};

// Rows that were kept: for results that are known to be small (a page, one object).
class Table {
 public:
  void add(const Row& row);
  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  const Row& operator[](std::size_t index) const;

 private:
  std::vector<std::unique_ptr<Row>> rows_;
};

// One connection, one thread at a time. Statements are prepared once a text and kept.
//
// Errors of all calls: conflict (a constraint refuses; `where` is its name on both engines: the name of a
// unique index, `TABLE_pkey`, the name of a check, `foreign_key`, or `TABLE.COLUMN` for not null),
// unavailable (busy, serialization failure, connection lost: the transaction is over, try it again whole;
// from commit() itself where the connection was lost: it may have happened, so look before you repeat it),
// invalid (a text with NUL or, on PostgreSQL, not UTF-8), denied (a write in a read transaction), io,
// corrupt, limit (more rows than rows_max). A statement that does not parse, or that has other parameters
// than were bound, is a programmer's error: CHECK.
//
// After an error inside a transaction every further statement and commit() of it give conflict, on both
// engines: where a twin is expected, `insert ... on conflict do nothing` and look at the number of rows.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Dialect dialect() const = 0;

  // Runs one statement; the number of rows that it changed.
  virtual core::Result<std::int64_t> execute(std::string_view statement,
                                             std::span<const Parameter> parameters = {}) = 0;
  // Hands over row by row, in order; stops early where `take` returns false. `take` may run other statements
  // of the connection, but none that changes the rows being read. PostgreSQL's result lies in our memory
  // meanwhile: read much by pages.
  virtual core::Status each(std::string_view statement, std::span<const Parameter> parameters,
                            const std::function<bool(const Row&)>& take) = 0;

  core::Result<std::int64_t> execute(std::string_view statement,
                                     std::initializer_list<Parameter> parameters) {
    return execute(statement, std::span(parameters.begin(), parameters.size()));
  }
  // All rows, at most rows_max of them.
  static constexpr std::size_t rows_max_default = 10'000;
  core::Result<Table> query(std::string_view statement, std::initializer_list<Parameter> parameters = {},
                            std::size_t rows_max = rows_max_default);
  core::Result<Table> query(std::string_view statement, std::span<const Parameter> parameters,
                            std::size_t rows_max = rows_max_default);

  // Runs one statement for many rows of `columns` values each, which lie one after the other in `values`; the
  // number of rows that were changed. For the projector and the like: PostgreSQL gets them without a round
  // trip for each. To be called inside a write transaction.
  virtual core::Result<std::int64_t> execute_rows(std::string_view statement, std::size_t columns,
                                                  std::span<const Parameter> values);

  // Several statements without parameters, as a migration holds them. Errors: also invalid (does not parse).
  virtual core::Status script(std::string_view statements) = 0;

 protected:
  friend class Transaction;
  enum class Access : std::uint8_t { write, read };
  virtual core::Status begin(Access access) = 0;
  virtual core::Status commit() = 0;
  virtual void roll_back() noexcept = 0;
};

// Everything between begin() and commit() happens or nothing does. Rolled back where it is destroyed before
// commit(). They do not nest: a function that needs one takes it as a parameter, so that its caller decides
// what belongs together. One write transaction runs at a time, on both engines: SQLite's write lock is taken
// at once (BEGIN IMMEDIATE), on PostgreSQL an advisory lock of the schema. So what a transaction has read
// stays true until it commits. begin() waits for another one for at most lock_wait_ms, then: unavailable.
inline constexpr int lock_wait_ms = 5000;

class Transaction {
 public:
  static core::Result<Transaction> begin(Connection& connection);
  // A consistent view for several reads; nothing may be written.
  static core::Result<Transaction> begin_read(Connection& connection);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  core::Status commit();
  Connection& connection() { return *connection_; }

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;  // nullptr: over
};

// A store that can be connected to. Shared by threads; each takes its own connections.
class Database {
 public:
  virtual ~Database() = default;
  virtual Dialect dialect() const = 0;
  // Errors: unavailable, io, denied.
  virtual core::Result<std::unique_ptr<Connection>> connect() = 0;
};

// "sqlite:PATH" (a file; made with rights 0600 where it is not) or "postgres://..." (a libpq URI).
// Errors: invalid (neither), unavailable, io, denied. Messages never repeat a password.
core::Result<std::unique_ptr<Database>> open_database(const std::string& url);

}  // namespace tillwatch::sql
