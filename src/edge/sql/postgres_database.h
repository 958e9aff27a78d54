// The PostgreSQL driver, over libpq. Called by open_database() only; its users hold a sql::Connection.
// Never puts a password, or a value that was bound, into a message.
#pragma once

#include <memory>
#include <string>

#include "sql/database.h"

namespace tillwatch::sql {

// `uri`: as libpq reads it. Where it does not say: TLS is demanded of a server elsewhere, waiting for a
// connection ends after 10 s. A schema of one's own: `?options=-csearch_path%3DNAME`.
// Errors: invalid (not such a URI).
core::Result<std::unique_ptr<Database>> open_postgres(std::string uri);

}  // namespace tillwatch::sql
