#include "sql/migration.h"

#include <string>

#include "core/check.h"
#include "crypto/hash.h"

namespace tillwatch::sql {
namespace {

using core::ErrorCode;

constexpr std::string_view make_table =
    "create table if not exists schema_migration ("
    " version bigint not null primary key,"
    " name text not null,"
    " sha256 text not null,"
    " applied_at bigint not null)";

std::string_view text_of(const Migration& step, Dialect dialect) {
  return dialect == Dialect::sqlite ? step.sqlite : step.postgres;
}

std::string label_of(std::int64_t version, std::string_view name) {
  std::string number = std::to_string(version);
  if (number.size() < 4) number.insert(0, 4 - number.size(), '0');
  return number + "-" + std::string(name);
}

core::Result<bool> take_next(Connection& connection, std::span<const Migration> steps, core::TimeMs now) {
  TRY(transaction, Transaction::begin(connection));
  TRY(count, steps_taken(connection, steps));  // again, now that nobody else can write
  if (count == steps.size()) return false;
  const Migration& step = steps[count];
  const std::string_view text = text_of(step, connection.dialect());
  if (auto done = connection.script(text); !done) {
    core::Error error = std::move(done).error();
    error.where = label_of(step.version, step.name) + ": " + error.where;
    return std::unexpected(std::move(error));
  }
  TRY_STATUS(connection.execute(
      "insert into schema_migration (version, name, sha256, applied_at) values ($1, $2, $3, $4)",
      {step.version, step.name, crypto::to_hex(crypto::sha256(text)), now}));
  TRY_STATUS(transaction.commit());
  return true;
}

}  // namespace

core::Result<std::size_t> steps_taken(Connection& connection, std::span<const Migration> steps) {
  TRY(taken, connection.query("select version, name, sha256 from schema_migration order by version"));
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const std::int64_t version = taken[i].integer(0);
    const std::string label = label_of(version, taken[i].text(1));
    if (i == steps.size() || version > steps.back().version) {
      return core::fail(ErrorCode::conflict, label,
                        "the database was made by a newer program: run that one, or restore a backup");
    }
    const Migration& step = steps[i];
    if (step.version < version) {
      return core::fail(
          ErrorCode::conflict, label_of(step.version, step.name),
          "this step of the schema was left out, a later one was taken: the database belongs to "
          "another program");
    }
    if (step.version > version)
      return core::fail(ErrorCode::conflict, label, "this program does not know this step of the schema");
    if (crypto::to_hex(crypto::sha256(text_of(step, connection.dialect()))) != taken[i].text(2)) {
      return core::fail(
          ErrorCode::conflict, label,
          "the database took this step of the schema with another text: restore the program that "
          "made it, or a backup");
    }
  }
  return taken.size();
}

core::Status migrate(Connection& connection, std::span<const Migration> steps, core::TimeMs now) {
  for (std::size_t i = 1; i < steps.size(); ++i) CHECK(steps[i - 1].version < steps[i].version);
  {
    TRY(transaction, Transaction::begin(connection));
    TRY_STATUS(connection.execute(make_table));
    TRY_STATUS(transaction.commit());
  }
  for (;;) {
    TRY(more, take_next(connection, steps, now));
    if (!more) return {};
  }
}

core::Result<std::int64_t> schema_version(Connection& connection) {
  TRY(table, connection.query("select coalesce(max(version), 0) from schema_migration"));
  return table[0].integer(0);
}

}  // namespace tillwatch::sql
