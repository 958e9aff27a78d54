// Sealing what this module keeps sealed (secrets of webhooks, the mail server's password, people's addresses)
// anew under the current data key. Called by `tillwatch admin data-key`, with no server beside it.
#pragma once

#include "core/error.h"
#include "crypto/data_keys.h"
#include "ports/random.h"
#include "sql/database.h"

namespace tillwatch::notify {

// One transaction a row; may be broken off and begun again. Errors: those of the database and of the box.
core::Status seal_anew(sql::Connection& connection, const crypto::DataKeys& keys, ports::Random& random);

}  // namespace tillwatch::notify
