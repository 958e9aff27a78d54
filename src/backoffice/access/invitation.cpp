#include "access/invitation.h"

#include "access/account.h"

namespace tillwatch::access {
namespace {

std::string_view name_of(Purpose purpose) {
  return purpose == Purpose::owner ? "owner" : purpose == Purpose::invite ? "invite" : "reset";
}

}  // namespace

core::Result<std::string> invite(sql::Connection& connection, const Parts& parts, Purpose purpose,
                                 std::string_view account, core::TimeMs now) {
  const std::string secret = make_secret(parts.random);
  TRY_STATUS(
      connection.execute("update access_invitation set used_at = $1 where used_at is null and purpose = $2 "
                         "and coalesce(account, '') = $3",
                         {now, name_of(purpose), account}));
  TRY_STATUS(connection.execute(
      "insert into access_invitation (hash, purpose, account, made_at, expires_at) values ($1, $2, $3, $4, "
      "$5)",
      {stored_form(secret), name_of(purpose), account.empty() ? sql::Parameter() : sql::Parameter(account),
       now, now + invitation_ms}));
  return secret;
}

core::Result<std::optional<Invitation>> find_invitation(sql::Connection& connection, std::string_view secret,
                                                        core::TimeMs now) {
  TRY(rows, connection.query("select purpose, coalesce(account, '') from access_invitation where hash = $1 "
                             "and used_at is null and expires_at > $2",
                             {stored_form(secret), now}));
  if (rows.empty()) return std::nullopt;
  Invitation found;
  const std::string_view purpose = rows[0].text(0);
  found.purpose = purpose == "owner"    ? Purpose::owner
                  : purpose == "invite" ? Purpose::invite
                                        : Purpose::reset;
  found.account = rows[0].text(1);
  if (found.purpose == Purpose::owner) {
    TRY(count, account_count(connection));
    if (count != 0) return std::nullopt;
  }
  return found;
}

core::Status use_invitation(sql::Connection& connection, std::string_view secret, core::TimeMs now) {
  TRY(used,
      connection.execute("update access_invitation set used_at = $1 where hash = $2 and used_at is null "
                         "and expires_at > $1",
                         {now, stored_form(secret)}));
  if (used == 0)
    return core::fail(core::ErrorCode::not_found, "", "this link was used already, or it has expired");
  return {};
}

}  // namespace tillwatch::access
