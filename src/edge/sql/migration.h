// The schema, in numbered steps that are compiled into the program: contracts/sql/NNNN-subject.sql, read by
// both engines, or NNNN-subject.pg.sql beside it where PostgreSQL needs other words. Called when a program
// opens its store. Never changes a step that a database has taken: such a database is refused.
#pragma once

#include <span>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::sql {

struct Migration {
  std::int64_t version = 0;  // NNNN
  std::string_view name;     // "subject"
  std::string_view sqlite;   // the statements
  std::string_view postgres;
};

// The steps of this program, by version.
std::span<const Migration> migrations();

// Takes the steps that the database has not taken, each in one write transaction together with its row in
// schema_migration (version, name, sha256, applied_at); two programs that start at once take each once.
// `steps` ascend by version; the ones taken must be the first of them.
// Errors: conflict (a step was taken with another text, one is missing below one that was taken, or the
// database is newer than the program; `where` is the step), as of Connection::script().
core::Status migrate(Connection& connection, std::span<const Migration> steps, core::TimeMs now);

// How many of the steps the database has taken, which must be the first of them. Errors: conflict, as of
// migrate().
core::Result<std::size_t> steps_taken(Connection& connection, std::span<const Migration> steps);

// The highest version taken; 0 for an empty database.
core::Result<std::int64_t> schema_version(Connection& connection);

}  // namespace tillwatch::sql
