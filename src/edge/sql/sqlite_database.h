// The SQLite driver: one file in WAL mode, synced at each commit. Called by open_database() only; its users
// hold a sql::Connection. Never shares a connection between threads.
#pragma once

#include <memory>
#include <string>

#include "sql/database.h"

namespace tillwatch::sql {

// `path`: a file, made with rights 0600 where it is not there (its folder with 0700; the folder's parent must
// exist). Errors: invalid (no path), denied (others may read the file, or we may not), io.
core::Result<std::unique_ptr<Database>> open_sqlite(std::string path);

// Whether there is such a file. Errors: not_found (no such folder), io.
core::Result<bool> sqlite_file_exists(const std::string& path);

// Copies the database of `from`, a connection of this driver, into a new file `path` by SQLite's backup
// interface: as it is at this moment, whoever writes meanwhile. Errors: as of open_sqlite and the connection.
core::Status copy_sqlite_pages(Connection& from, const std::string& path);

}  // namespace tillwatch::sql
