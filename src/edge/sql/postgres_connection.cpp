#include "sql/postgres_connection.h"

#include <charconv>

#include "core/check.h"
#include "sql/postgres_error.h"
#include "sql/postgres_text.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

constexpr std::size_t kept_statements_max = 256;
constexpr std::size_t flight_rows_max = 500;

bool succeeded(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

// How many rows a statement changed; a select changes none.
std::int64_t changed(PGresult* result) {
  if (std::string_view(PQcmdStatus(result)).starts_with("SELECT")) return 0;
  const std::string_view text = PQcmdTuples(result);
  std::int64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

}  // namespace

core::Status PostgresConnection::set_up() {
  // Durable whatever the server's default says; no wait is longer than SQLite's.
  TRY_STATUS(plain("set synchronous_commit = on; set lock_timeout = " + std::to_string(lock_wait_ms)));
  const PostgresResult key(
      PQexec(handle_.get(), "select hashtextextended('tillwatch ' || current_schema(), 0)"));
  if (!succeeded(key.get())) return std::unexpected(failed(key.get(), "current_schema()"));
  if (PQgetisnull(key.get(), 0, 0) != 0) {
    return core::fail(ErrorCode::not_found, "postgres",
                      "the search path names no schema that exists: create it, or mend the URL's options");
  }
  lock_key_ = PQgetvalue(key.get(), 0, 0);
  return {};
}

core::Error PostgresConnection::failed(const PGresult* result, std::string_view text, bool may_be_wrong) {
  state_.failed();
  return postgres_error(handle_.get(), result, text, may_be_wrong);
}

core::Status PostgresConnection::plain(const std::string& text, bool may_be_wrong) {
  const PostgresResult result(PQexec(handle_.get(), text.c_str()));
  if (!succeeded(result.get())) return std::unexpected(failed(result.get(), text, may_be_wrong));
  return {};
}

core::Status PostgresConnection::usable() {
  TRY_STATUS(state_.usable());
  if (PQstatus(handle_.get()) == CONNECTION_OK || state_.open()) return {};
  kept_.clear();
  PQreset(handle_.get());
  if (PQstatus(handle_.get()) != CONNECTION_OK)
    return std::unexpected(postgres_error(handle_.get(), nullptr, "connect"));
  return set_up();
}

core::Status PostgresConnection::forget_oldest() {
  auto oldest = kept_.begin();
  for (auto one = kept_.begin(); one != kept_.end(); ++one)
    if (one->second.used < oldest->second.used) oldest = one;
  const std::string name = oldest->second.name;
  kept_.erase(oldest);
  return plain("deallocate " + name);
}

core::Result<std::string> PostgresConnection::prepared(std::string_view text,
                                                       const PostgresParameters& parameters) {
  std::string key = parameters.signature();
  key += ' ';
  key += text;
  ++uses_;
  if (const auto found = kept_.find(key); found != kept_.end()) {
    found->second.used = uses_;
    return found->second.name;
  }
  if (kept_.size() >= kept_statements_max) TRY_STATUS(forget_oldest());
  const std::string written = write_out_nulls(text, parameters.nulls());
  std::string name = "s" + std::to_string(uses_);
  const PostgresResult result(
      PQprepare(handle_.get(), name.c_str(), written.c_str(), parameters.size(), parameters.types()));
  if (!succeeded(result.get())) return std::unexpected(failed(result.get(), text));
  kept_.emplace(std::move(key), Kept{name, uses_});
  return name;
}

core::Result<PostgresResult> PostgresConnection::run(std::string_view text,
                                                     std::span<const Parameter> parameters) {
  TRY_STATUS(usable());
  auto bound = PostgresParameters::of(parameters);
  if (!bound) {
    state_.failed();
    return std::unexpected(std::move(bound).error());
  }
  TRY(name, prepared(text, *bound));
  PostgresResult result(PQexecPrepared(handle_.get(), name.c_str(), bound->size(), bound->values(),
                                       bound->lengths(), bound->formats(), 0));
  if (!succeeded(result.get())) return std::unexpected(failed(result.get(), text));
  return result;
}

core::Result<std::int64_t> PostgresConnection::execute(std::string_view text,
                                                       std::span<const Parameter> parameters) {
  TRY(result, run(text, parameters));
  return changed(result.get());
}

core::Status PostgresConnection::each(std::string_view text, std::span<const Parameter> parameters,
                                      const std::function<bool(const Row&)>& take) {
  TRY(result, run(text, parameters));
  const int rows = PQntuples(result.get());
  for (int i = 0; i < rows; ++i)
    if (!take(PostgresRow(result.get(), i))) break;
  return {};
}

core::Status PostgresConnection::script(std::string_view statements) {
  TRY_STATUS(usable());
  return plain(std::string(statements), true);
}

core::Result<std::int64_t> PostgresConnection::execute_rows(std::string_view text, std::size_t columns,
                                                            std::span<const Parameter> values) {
  CHECK(state_.open() && columns > 0 && values.size() % columns == 0);
  std::int64_t rows = 0;
  while (!values.empty()) {
    TRY_STATUS(usable());
    // A flight is of rows with the same types: nulls are part of them.
    auto first = PostgresParameters::of(values.first(columns));
    if (!first) {
      state_.failed();
      return std::unexpected(std::move(first).error());
    }
    std::size_t count = 1;
    const auto same = [&](std::size_t row) {
      for (std::size_t i = 0; i < columns; ++i)
        if (values[row * columns + i].index() != values[i].index()) return false;
      return true;
    };
    while (count < flight_rows_max && count * columns < values.size() && same(count)) ++count;
    TRY(name, prepared(text, *first));
    TRY(done, fly(text, name, columns, values.first(count * columns)));
    rows += done;
    values = values.subspan(count * columns);
  }
  return rows;
}

core::Result<std::int64_t> PostgresConnection::fly(std::string_view text, const std::string& name,
                                                   std::size_t columns, std::span<const Parameter> values) {
  PGconn* connection = handle_.get();
  CHECK(PQenterPipelineMode(connection) == 1);
  core::Result<std::int64_t> rows = 0;
  for (; !values.empty() && rows; values = values.subspan(columns)) {
    auto bound = PostgresParameters::of(values.first(columns));
    if (!bound) {
      state_.failed();
      rows = std::unexpected(std::move(bound).error());
    } else if (PQsendQueryPrepared(connection, name.c_str(), bound->size(), bound->values(), bound->lengths(),
                                   bound->formats(), 0) != 1) {
      rows = std::unexpected(failed(nullptr, text));
    }
  }
  bool synced = PQpipelineSync(connection) == 1;
  // Each statement gives one result and then none; the sync gives one of its own. A lost connection gives
  // none for ever.
  for (int nothing = 0; synced && nothing < 2;) {
    const PostgresResult result(PQgetResult(connection));
    nothing = result == nullptr ? nothing + 1 : 0;
    if (result == nullptr) continue;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (succeeded(result.get())) {
      if (rows) *rows += changed(result.get());
    } else if (rows && status != PGRES_PIPELINE_ABORTED) {
      rows = std::unexpected(failed(result.get(), text));
    }
  }
  if (PQexitPipelineMode(connection) != 1 && rows) rows = std::unexpected(failed(nullptr, text));
  return rows;
}

core::Status PostgresConnection::begin(Access access) {
  CHECK(!state_.open());
  TRY_STATUS(usable());
  // The select also fixes the view of a reader: now, not at the caller's first statement.
  const std::string text =
      access == Access::read
          ? "begin isolation level repeatable read, read only; select 1"
          : "begin isolation level read committed; select pg_advisory_xact_lock(" + lock_key_ + ")";
  if (core::Status begun = plain(text); !begun) {
    roll_back();
    return begun;
  }
  state_.opened();
  return {};
}

core::Status PostgresConnection::commit() {
  if (core::Status usable = state_.usable(); !usable) {
    roll_back();
    return usable;
  }
  const PostgresResult result(PQexec(handle_.get(), "commit"));
  const bool committed = succeeded(result.get()) && std::string_view(PQcmdStatus(result.get())) == "COMMIT";
  state_.closed();
  if (committed) return {};
  if (succeeded(result.get()))
    return core::fail(ErrorCode::conflict, "transaction", "the server had rolled it back");
  return std::unexpected(postgres_error(handle_.get(), result.get(), "commit"));
}

void PostgresConnection::roll_back() noexcept {
  const PGTransactionStatusType status = PQtransactionStatus(handle_.get());
  if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR) PQclear(PQexec(handle_.get(), "rollback"));
  state_.closed();
}

}  // namespace tillwatch::sql
