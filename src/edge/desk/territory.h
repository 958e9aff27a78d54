// The seam between accounts and the tree of agents: which part of the registry a caller works in. Asked by
// the routes of every subject that shows merchants and what hangs on them; backoffice/access answers in the
// product, a fake in the tests of this folder. Where the answer is wrong, everything shown is wrong: there is
// one implementation.
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "desk/call.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::desk {

class Territory {
 public:
  virtual ~Territory() = default;
  // Where the caller may use this right. Errors: those of the database.
  virtual core::Result<registry::Scope> scope_of(sql::Connection& connection, core::TimeMs now,
                                                 const Caller& caller, std::string_view right) = 0;
};

}  // namespace tillwatch::desk
