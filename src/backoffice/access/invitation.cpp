#include "access/invitation.h"

#include "access/account.h"
#include "access/standing.h"

namespace tillwatch::access {
namespace {

std::string_view name_of(Purpose purpose) {
  return purpose == Purpose::owner ? "owner" : purpose == Purpose::invite ? "invite" : "reset";
}

// Whoever sits at the maker's account by a link of his own makes this one: a chain of links is his as well.
core::Status note_makers(sql::Connection& connection, std::string_view hash, std::string_view maker,
                         core::TimeMs now) {
  TRY_STATUS(connection.execute("insert into access_invitation_maker (invitation, maker) values ($1, $2)",
                                {hash, maker}));
  TRY_STATUS(connection.execute(
      "insert into access_invitation_maker (invitation, maker) select distinct cast($1 as text), m.maker"
      " from access_invitation i join access_invitation_maker m on m.invitation = i.hash"
      " where i.account = $2 and i.entered_at > $3 and m.maker <> $2",
      {hash, maker, now - settled_after_ms}));
  return {};
}

}  // namespace

core::Result<std::string> invite(sql::Connection& connection, const Parts& parts, Purpose purpose,
                                 std::string_view account, std::string_view maker, core::TimeMs now) {
  const std::string secret = make_secret(parts.random);
  const std::string hash = stored_form(secret);
  TRY_STATUS(
      connection.execute("update access_invitation set used_at = $1 where used_at is null and purpose = $2 "
                         "and coalesce(account, '') = $3",
                         {now, name_of(purpose), account}));
  TRY_STATUS(connection.execute(
      "insert into access_invitation (hash, purpose, account, made_at, expires_at) values ($1, $2, $3, $4, "
      "$5)",
      {hash, name_of(purpose), account.empty() ? sql::Parameter() : sql::Parameter(account), now,
       now + invitation_ms}));
  if (!maker.empty()) TRY_STATUS(note_makers(connection, hash, maker, now));
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
      connection.execute("update access_invitation set used_at = $1, entered_at = $1 where hash = $2 and "
                         "used_at is null and expires_at > $1",
                         {now, stored_form(secret)}));
  if (used == 0)
    return core::fail(core::ErrorCode::not_found, "", "this link was used already, or it has expired");
  return {};
}

}  // namespace tillwatch::access
