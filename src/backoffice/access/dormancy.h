// Accounts that nobody uses: told of it in the audit two weeks before, disabled after ninety days. Called by
// the wiring once an hour; home counts them. Never disables the last one who may manage accounts.
#pragma once

#include <cstdint>

#include "access/account.h"
#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

struct DormancyStep {
  std::int64_t warned = 0;
  std::int64_t disabled = 0;
};
// Each account in a transaction of its own. Errors: those of the database.
core::Result<DormancyStep> rest_unused_accounts(sql::Connection& connection, core::TimeMs now);

// Accounts that rest within two weeks unless somebody uses them, and when the first of them does; 0: none.
struct RestingSoon {
  std::int64_t count = 0;
  core::TimeMs first_at = 0;
};
core::Result<RestingSoon> count_resting_soon(sql::Connection& connection, core::TimeMs now);

}  // namespace tillwatch::access
