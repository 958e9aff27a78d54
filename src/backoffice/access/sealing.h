// Sealing what this module keeps sealed (names of people, seeds of factors) anew under the current data key,
// so that older keys can be destroyed. Called by `tillwatch admin data-key`, with no server beside it. A
// field that one key opens is never written under none.
#pragma once

#include "access/parts.h"
#include "core/error.h"
#include "sql/database.h"

namespace tillwatch::access {

// One transaction a row; may be broken off and begun again. Errors: those of the database and of the box.
core::Status seal_anew(sql::Connection& connection, const crypto::DataKeys& keys, ports::Random& random);

}  // namespace tillwatch::access
