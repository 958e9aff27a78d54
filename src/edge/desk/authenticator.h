// The seam to accounts and rights: who is behind a session cookie, and whether they may. Handler asks it for
// every request; backoffice/access answers in the product, a fake in the tests of this folder. Rights are
// decided there and nowhere else.
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "desk/call.h"
#include "sql/database.h"

namespace tillwatch::desk {

class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Completes `caller`, whose cookie, address and user_agent are set: a stranger stays one, without an error.
  // Called outside any transaction, for every request to a route. Errors: of the database.
  virtual core::Status identify(sql::Connection& connection, core::TimeMs now, Caller& caller) = 0;

  // Whether a signed-in caller may use routes that need this right. Errors: denied, with `where`
  // "step-up-needed" where signing in once more would do; those of the database.
  virtual core::Status permit(sql::Connection& connection, core::TimeMs now, const Caller& caller,
                              std::string_view right) = 0;

  // Whether an answer that goes on may still go on: the session is there and the right too. Unlike a request
  // it is no sign of a person, so it does not keep a session from ending. `caller` has no cookie any more.
  // Errors: denied; those of the database.
  virtual core::Status still(sql::Connection& connection, core::TimeMs now, const Caller& caller,
                             std::string_view right) {
    return permit(connection, now, caller, right);
  }
};

}  // namespace tillwatch::desk
