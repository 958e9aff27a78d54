// Accounts that nobody uses: told of it in the audit two weeks before, disabled after ninety days. Called by
// the wiring once an hour. Never disables the last one who may manage accounts.
#pragma once

#include <cstdint>

#include "access/account.h"
#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr core::DurationMs dormant_warning_ms = 14 * core::day_ms;

struct DormancyStep {
  std::int64_t warned = 0;
  std::int64_t disabled = 0;
};
// Each account in a transaction of its own. Errors: those of the database.
core::Result<DormancyStep> rest_unused_accounts(sql::Connection& connection, core::TimeMs now);

}  // namespace tillwatch::access
