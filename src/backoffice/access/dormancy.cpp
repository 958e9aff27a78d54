#include "access/dormancy.h"

#include <string>
#include <vector>

#include "access/proposal.h"
#include "access/session.h"
#include "relay/act.h"

namespace tillwatch::access {
namespace {

constexpr std::string_view seen = "coalesce(seen_at, created_at)";

core::Result<std::vector<std::string>> accounts_where(sql::Connection& connection,
                                                      const std::string& condition, core::TimeMs before) {
  TRY(rows, connection.query("select id from access_account where state <> 'disabled' and " + condition +
                                 " order by id limit 1000",
                             {before}));
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < rows.size(); ++i) ids.emplace_back(rows[i].text(0));
  return ids;
}

core::Status tell(sql::Connection& connection, std::string_view kind, const std::string& id,
                  core::TimeMs now) {
  const std::string subject = "account:" + id;
  TRY_STATUS(relay::append(connection, {kind, "system", subject, "", now, nullptr}));
  return {};
}

core::Status warn(sql::Connection& connection, const std::string& id, core::TimeMs now) {
  TRY(transaction, sql::Transaction::begin(connection));
  TRY_STATUS(connection.execute("update access_account set warned_at = $2 where id = $1", {id, now}));
  TRY_STATUS(tell(connection, "account.dormant_soon", id, now));
  return transaction.commit();
}

// False where nobody would be left to manage accounts: then he is only kept from signing in.
core::Result<bool> disable(sql::Connection& connection, const std::string& id, core::TimeMs now) {
  TRY(transaction, sql::Transaction::begin(connection));
  // He may have come back since the list was read.
  TRY(changed, connection.execute("update access_account set state = 'disabled', version = version + 1 where"
                                  " id = $1 and state <> 'disabled' and " +
                                      std::string(seen) + " < $2",
                                  {id, now - dormant_after_ms}));
  if (changed == 0) return false;
  const core::Status left = check_somebody_is_left(connection);
  if (!left && left.error().code == core::ErrorCode::denied) return false;
  TRY_STATUS(left);
  TRY_STATUS(end_sessions(connection, id, "", now));
  TRY_STATUS(end_without_right(connection, id, now));
  TRY_STATUS(tell(connection, "account.dormant", id, now));
  TRY_STATUS(transaction.commit());
  return true;
}

}  // namespace

core::Result<DormancyStep> rest_unused_accounts(sql::Connection& connection, core::TimeMs now) {
  DormancyStep step;
  const std::string unused = std::string(seen) + " < $1";
  TRY(unwarned, accounts_where(connection, unused + " and coalesce(warned_at, 0) <= " + std::string(seen),
                               now - dormant_after_ms + dormant_warning_ms));
  for (const std::string& id : unwarned) {
    TRY_STATUS(warn(connection, id, now));
    ++step.warned;
  }
  TRY(dormant, accounts_where(connection, unused, now - dormant_after_ms));
  for (const std::string& id : dormant) {
    TRY(done, disable(connection, id, now));
    step.disabled += done ? 1 : 0;
  }
  return step;
}

core::Result<RestingSoon> count_resting_soon(sql::Connection& connection, core::TimeMs now) {
  const std::string last(seen);
  TRY(rows, connection.query("select count(*), coalesce(min(" + last + "), 0) from access_account where" +
                                 " state <> 'disabled' and " + last + " < $1 and " + last + " >= $2",
                             {now - dormant_after_ms + dormant_warning_ms, now - dormant_after_ms}));
  RestingSoon found{rows[0].integer(0), 0};
  if (found.count > 0) found.first_at = rows[0].integer(1) + dormant_after_ms;
  return found;
}

}  // namespace tillwatch::access
