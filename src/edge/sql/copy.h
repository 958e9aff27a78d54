// Copies of a whole store as it was at one moment, made while others write. Called by backup and restore.
// Never copies a half-done transaction; never writes to the store that is copied.
#pragma once

#include <string>

#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::sql {

// A new SQLite file `path` (rights 0600; must not be there) with all rows of `from`, of either engine: of
// SQLite page by page, of PostgreSQL table by table in one read transaction. `from` is not inside a
// transaction. Errors: conflict (the file is there, or the schema is not this program's), as of the
// connections.
core::Status copy_to_file(Connection& from, const std::string& path, core::TimeMs now);

// Fills `to`, which holds no table, from such a file: with the schema as it was, and all rows, in one
// transaction. The schema is then at most as new as the program: migrate() takes the rest. Errors: conflict
// (`to` is not empty, or the schema is not this program's), as of the connections.
core::Status fill_from_file(const std::string& path, Connection& to, core::TimeMs now);

}  // namespace tillwatch::sql
