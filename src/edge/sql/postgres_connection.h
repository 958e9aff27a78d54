// One connection to PostgreSQL. Called by the PostgreSQL driver only, which makes it. Never goes on with a
// session that was lost: the next call outside a transaction opens a new one.
#pragma once

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>

#include "sql/database.h"
#include "sql/postgres_values.h"
#include "sql/transaction_state.h"

namespace tillwatch::sql {

struct PostgresCloser {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PostgresHandle = std::unique_ptr<PGconn, PostgresCloser>;

class PostgresConnection final : public Connection {
 public:
  // `handle`: connected. Call set_up() before anything else.
  explicit PostgresConnection(PostgresHandle handle) : handle_(std::move(handle)) {}
  // What each session is set to. Errors: as of the connection.
  core::Status set_up();

  Dialect dialect() const override { return Dialect::postgres; }
  using Connection::execute;
  core::Result<std::int64_t> execute(std::string_view text, std::span<const Parameter> parameters) override;
  core::Result<std::int64_t> execute_rows(std::string_view text, std::size_t columns,
                                          std::span<const Parameter> values) override;
  core::Status each(std::string_view text, std::span<const Parameter> parameters,
                    const std::function<bool(const Row&)>& take) override;
  core::Status script(std::string_view statements) override;

 protected:
  core::Status begin(Access access) override;
  core::Status commit() override;
  void roll_back() noexcept override;

 private:
  struct Kept {
    std::string name;
    std::uint64_t used = 0;
  };
  core::Result<PostgresResult> run(std::string_view text, std::span<const Parameter> parameters);
  // The name of the prepared statement.
  core::Result<std::string> prepared(std::string_view text, const PostgresParameters& parameters);
  core::Status forget_oldest();
  core::Status usable();
  core::Error failed(const PGresult* result, std::string_view text, bool may_be_wrong = false);
  core::Status plain(const std::string& text, bool may_be_wrong = false);
  // Sends the rows of one flight and takes in their answers.
  core::Result<std::int64_t> fly(std::string_view text, const std::string& name, std::size_t columns,
                                 std::span<const Parameter> values);

  PostgresHandle handle_;
  std::map<std::string, Kept, std::less<>> kept_;  // by text and types
  std::uint64_t uses_ = 0;
  std::string lock_key_;  // of this schema
  TransactionState state_;
};

}  // namespace tillwatch::sql
