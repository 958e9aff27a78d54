#include "relay/positions.h"

#include <fmt/format.h>

#include "relay/projector.h"

namespace tillwatch::relay {

using core::ErrorCode;

namespace {

struct DatabaseSide {
  std::string epoch;
  std::int64_t last_act = 0;
  core::Sequence position;
  std::string digest;
};

core::Result<DatabaseSide> read_database(sql::Connection& connection) {
  TRY(rows, connection.query("select c.epoch, c.last, p.sequence, p.digest from outbox_counter c,"
                             " projector_position p where c.id = 1 and p.id = 1"));
  if (rows.empty())
    return core::fail(ErrorCode::corrupt, "database", "its positions are gone; restore it from a backup");
  const sql::Row& row = rows[0];
  return DatabaseSide{std::string(row.text(0)), row.integer(1),
                      core::Sequence(static_cast<std::uint64_t>(row.integer(2))), std::string(row.text(3))};
}

std::unexpected<core::Error> older_journal(const std::string& how) {
  return core::fail(ErrorCode::conflict, "journal",
                    how + ". Restore journal and database from one backup; nothing was changed");
}

std::unexpected<core::Error> older_database(const std::string& how) {
  return core::fail(ErrorCode::conflict, "database",
                    how + ". Restore journal and database from one backup; nothing was changed");
}

// Everything that the database has from the journal must be there, and be the same.
core::Status check_journal(const DatabaseSide& database, const JournalSide& journal) {
  if (database.position.value == 0) return {};
  if (database.position > journal.last)
    return older_journal(fmt::format(
        "the journal is older than the database: it ends at entry {}, and the database has seen entry {}",
        journal.last.value, database.position.value));
  core::Result<journal::OwnedRecord> record = journal.read(database.position);
  if (!record && record.error().code == ErrorCode::not_found)
    return older_database(
        fmt::format("the database is older than the journal: it has seen entry {}, which the "
                    "journal has retired",
                    database.position.value));
  if (!record) return std::unexpected(record.error());
  if (record_digest(record->sequence, record->entry, record->decision) != database.digest)
    return older_journal(fmt::format(
        "the journal is not the one of this database: its entry {} is another than the database has seen",
        database.position.value));
  return {};
}

// Everything that the engine has from the database must be there, and be the same.
core::Status check_acts(sql::Connection& connection, const DatabaseSide& database,
                        const JournalSide& journal) {
  const engine::ActPosition& acts = journal.acts;
  if (acts.number == 0) return {};
  if (acts.epoch != database.epoch)
    return older_database(fmt::format(
        "the database is not the one of this journal, which has {} acts of another", acts.number));
  if (acts.number > database.last_act)
    return older_database(
        fmt::format("the database is older than the journal: its last act is {}, and the journal has act {}",
                    database.last_act, acts.number));
  TRY(kept, connection.query("select digest from outbox where number = $1", {acts.number}));
  if (kept.empty() || kept[0].text(0) != acts.digest)
    return older_database(fmt::format(
        "the database went another way than the journal: its act {} is not the one that the journal has",
        acts.number));
  return {};
}

}  // namespace

core::Status check_positions(sql::Connection& connection, const JournalSide& journal) {
  TRY(transaction, sql::Transaction::begin_read(connection));
  TRY(database, read_database(transaction.connection()));
  TRY_STATUS(check_journal(database, journal));
  return check_acts(transaction.connection(), database, journal);
}

}  // namespace tillwatch::relay
