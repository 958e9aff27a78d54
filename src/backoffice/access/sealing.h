// Sealing what this module keeps sealed (names of people, seeds of factors) anew under the current data key,
// so that older keys can be destroyed. Called by `tillwatch admin data-key`, with no server beside it. A
// field that one key opens is never written under none.
#pragma once

#include <string_view>

#include "access/parts.h"
#include "core/error.h"
#include "sql/database.h"

namespace tillwatch::access {

// A sealed column of a table whose key is `id`; the box's place is named by what stands around the id.
struct SealedColumn {
  std::string_view table, column;
  std::string_view context_before, context_after;
};
// The same for one column of any subject; NULL stays.
core::Status seal_column_anew(sql::Connection& connection, const crypto::DataKeys& keys,
                              ports::Random& random, const SealedColumn& what);

// One transaction a row; may be broken off and begun again. Errors: those of the database and of the box.
core::Status seal_anew(sql::Connection& connection, const crypto::DataKeys& keys, ports::Random& random);

}  // namespace tillwatch::access
