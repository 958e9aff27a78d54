// SQLite's result codes in the words of the house. Called by the SQLite driver only. Never repeats a bound
// value: SQLite's messages name tables and columns.
#pragma once

#include <sqlite3.h>

#include <string_view>

#include "core/error.h"

namespace tillwatch::sql {

// The error of the last call on `connection`, which gave `code`. `statement` is named where it failed.
core::Error sqlite_error(sqlite3* connection, int code, std::string_view statement);

}  // namespace tillwatch::sql
