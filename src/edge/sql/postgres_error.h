// PostgreSQL's SQLSTATE in the words of the house. Called by the PostgreSQL driver only. Never passes on the
// server's DETAIL, which repeats values.
#pragma once

#include <libpq-fe.h>

#include <string_view>

#include "core/error.h"

namespace tillwatch::sql {

// `result`: of a call that failed; nullptr where the connection gave none. CHECK that the statement was not
// wrong by itself (class 42), but for `may_be_wrong`: then invalid.
core::Error postgres_error(PGconn* connection, const PGresult* result, std::string_view statement,
                           bool may_be_wrong = false);

}  // namespace tillwatch::sql
