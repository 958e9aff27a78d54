#include "access/account.h"

#include <algorithm>

#include "access/proposal.h"
#include "access/right.h"
#include "access/session.h"
#include "json/writer.h"
#include "payment/card_digits.h"
#include "registry/made_id.h"
#include "relay/act.h"

namespace tillwatch::access {
namespace {

using core::ErrorCode;

constexpr std::string_view columns =
    "id, version, sign_in, shown_name, language, state, password, created_at, coalesce(seen_at, 0)";
constexpr std::size_t grants_max = 20;

std::string context_of(std::string_view id) {
  return "account:" + std::string(id) + ":shown_name";
}

core::Result<std::int64_t> tell(sql::Connection& connection, std::string_view kind, std::string_view author,
                                std::string_view id, const std::string& detail, core::TimeMs now,
                                std::string_view reason = "") {
  const std::string subject = "account:" + std::string(id);
  return relay::append(connection, {kind, author, subject, detail, now, nullptr, reason});
}

core::Status check_grants(const std::vector<Grant>& grants) {
  if (grants.empty() || grants.size() > grants_max)
    return core::fail(ErrorCode::invalid, "/roles", "give one to twenty roles");
  for (const Grant& grant : grants)
    if (find_role(grant.role) == nullptr)
      return core::fail(ErrorCode::invalid, "/roles", "there is no such role: GET /desk/roles lists them");
  return {};
}

core::Status check_shown_name(std::string_view name) {
  if (name.empty() || name.size() > 180)
    return core::fail(ErrorCode::invalid, "/shown_name", "give a name of 1 to 60 characters");
  return payment::check_no_digit_run("/shown_name", name);
}

core::Status check_language(std::string_view language) {
  if (language == "zh" || language == "en") return {};
  return core::fail(ErrorCode::invalid, "/language", "expected zh or en");
}

core::Status add_grants(sql::Connection& connection, std::string_view id, const std::vector<Grant>& grants,
                        std::string_view author, core::TimeMs now) {
  for (const Grant& grant : grants)
    TRY_STATUS(connection.execute(
        "insert into access_grant (account, role, agent, granted_by, granted_at) values ($1, $2, $3, $4, $5) "
        "on conflict (account, role, agent) do nothing",
        {id, grant.role, grant.agent, author, now}));
  return {};
}

std::string told_grants(const std::vector<Grant>& grants) {
  std::string detail;
  json::Writer out(detail);
  out.begin_object().key("roles").begin_array();
  for (const Grant& grant : grants)
    out.begin_object().member("role", grant.role).member("agent", grant.agent).end_object();
  out.end_array().end_object();
  return detail;
}

core::Result<Account> read(sql::Connection& connection, const Parts& parts, const sql::Row& row) {
  Account account;
  account.id = row.text(0);
  account.version = row.integer(1);
  account.sign_in = row.text(2);
  TRY(name, parts.keys.open(row.text(3), context_of(account.id)));
  account.shown_name = name;
  account.language = row.text(4);
  account.state = row.text(5);
  account.password = row.text(6);
  account.created_at = row.integer(7);
  account.seen_at = row.integer(8);
  TRY(grants,
      connection.query("select role, agent, granted_by, granted_at from access_grant where account = $1 "
                       "order by role, agent",
                       {account.id}));
  for (std::size_t i = 0; i < grants.size(); ++i)
    account.grants.push_back({std::string(grants[i].text(0)), std::string(grants[i].text(1)),
                              std::string(grants[i].text(2)), grants[i].integer(3)});
  return account;
}

core::Result<std::optional<Account>> find_where(sql::Connection& connection, const Parts& parts,
                                                std::string_view column, std::string_view value) {
  TRY(rows, connection.query("select " + std::string(columns) + " from access_account where " +
                                 std::string(column) + " = $1",
                             {value}));
  if (rows.empty()) return std::nullopt;
  TRY(account, read(connection, parts, rows[0]));
  return std::optional<Account>(std::move(account));
}

// Name and language: what was changed is told, not what to, for an act holds no name.
core::Status apply_looks(sql::Connection& connection, const Parts& parts, const Account& account,
                         const AccountChange& change, std::string_view author, core::TimeMs now) {
  const bool renamed = change.shown_name && *change.shown_name != account.shown_name;
  const bool spoken_to = change.language && *change.language != account.language;
  if (renamed) {
    TRY_STATUS(check_shown_name(*change.shown_name));
    const std::string sealed = parts.keys.seal(*change.shown_name, context_of(account.id), parts.random);
    TRY_STATUS(connection.execute("update access_account set shown_name = $1 where id = $2",
                                  {sql::Octets{sealed}, account.id}));
  }
  if (spoken_to) {
    TRY_STATUS(check_language(*change.language));
    TRY_STATUS(connection.execute("update access_account set language = $1 where id = $2",
                                  {*change.language, account.id}));
  }
  if (!renamed && !spoken_to) return {};
  std::string detail;
  json::Writer out(detail);
  out.begin_object().key("fields").begin_array();
  if (renamed) out.value("shown_name");
  if (spoken_to) out.value("language");
  out.end_array().end_object();
  TRY_STATUS(tell(connection, "account.changed", author, account.id, detail, now, change.reason));
  return {};
}

core::Status apply_grants(sql::Connection& connection, const Account& account,
                          const std::vector<Grant>& wanted, std::string_view author, core::TimeMs now,
                          std::string_view reason) {
  TRY_STATUS(check_grants(wanted));
  for (const Grant& had : account.grants) {
    const bool stays = std::ranges::any_of(
        wanted, [&](const Grant& one) { return one.role == had.role && one.agent == had.agent; });
    if (!stays)
      TRY_STATUS(
          connection.execute("delete from access_grant where account = $1 and role = $2 and agent = $3",
                             {account.id, had.role, had.agent}));
  }
  TRY_STATUS(add_grants(connection, account.id, wanted, author, now));
  TRY_STATUS(tell(connection, "account.roles_changed", author, account.id, told_grants(wanted), now, reason));
  return {};
}

}  // namespace

std::string folded_sign_in(std::string_view name) {
  if (name.size() < 3 || name.size() > 64) return {};
  std::string folded;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '@';
    if (!good) return {};
    folded += c;
  }
  return folded;
}

core::Result<std::string> create_account(sql::Connection& connection, const Parts& parts,
                                         const NewAccount& wish, std::string_view author, core::TimeMs now) {
  const std::string sign_in = folded_sign_in(wish.sign_in);
  if (sign_in.empty())
    return core::fail(ErrorCode::invalid, "/sign_in", "take 3 to 64 of a-z, 0-9, '.', '_', '-' and '@'");
  TRY_STATUS(payment::check_no_digit_run("/sign_in", sign_in));
  TRY_STATUS(check_shown_name(wish.shown_name));
  TRY_STATUS(check_language(wish.language));
  TRY_STATUS(check_grants(wish.grants));
  const std::vector<Grant> given = wish.roles_wait ? std::vector<Grant>() : wish.grants;
  const std::string id = registry::make_id("acc", now, parts.random);
  const std::string_view state = wish.password.empty() ? "invited" : "active";
  const std::string by(author.empty() ? std::string_view(id) : author);
  TRY(act, tell(connection, "account.created", by, id, told_grants(given), now));
  const std::string sealed = parts.keys.seal(wish.shown_name, context_of(id), parts.random);
  const sql::Parameter password_set_at = wish.password.empty() ? sql::Parameter() : sql::Parameter(now);
  const auto added = connection.execute(
      "insert into access_account (id, version, sign_in, shown_name, language, state, password, "
      "password_set_at, "
      "created_at, created_by, act) values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {id, sign_in, sql::Octets{sealed}, wish.language, state, wish.password, password_set_at, now, by, act});
  if (!added && added.error().code == ErrorCode::conflict)
    return core::fail(ErrorCode::conflict, "/sign_in", "this sign-in name is taken");
  if (!added) return std::unexpected(added.error());
  TRY_STATUS(add_grants(connection, id, given, by, now));
  return id;
}

core::Result<std::optional<Account>> find_account(sql::Connection& connection, const Parts& parts,
                                                  std::string_view id) {
  return find_where(connection, parts, "id", id);
}

core::Result<std::optional<Account>> find_by_sign_in(sql::Connection& connection, const Parts& parts,
                                                     std::string_view sign_in) {
  return find_where(connection, parts, "sign_in", sign_in);
}

core::Result<std::vector<Account>> list_accounts(sql::Connection& connection, const Parts& parts,
                                                 std::string_view after, std::size_t count) {
  TRY(rows, connection.query(
                "select " + std::string(columns) + " from access_account where id > $1 order by id limit $2",
                {after, static_cast<std::int64_t>(count)}));
  std::vector<Account> accounts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TRY(account, read(connection, parts, rows[i]));
    accounts.push_back(std::move(account));
  }
  return accounts;
}

core::Result<std::vector<Colleague>> list_colleagues(sql::Connection& connection, const Parts& parts,
                                                     const registry::Scope& reach, std::string_view asker,
                                                     std::string_view after, std::size_t count,
                                                     core::TimeMs now) {
  std::vector<sql::Parameter> parameters{after, static_cast<std::int64_t>(count)};
  std::string seen;
  if (!reach.all()) {
    parameters.emplace_back(asker);
    seen = " and (id = $3 or exists (select 1 from access_grant g where g.account = access_account.id" +
           reach.condition("g.agent", parameters) + "))";
  }
  TRY(rows, connection.query("select id, shown_name, state, created_at, coalesce(seen_at, 0) from"
                             " access_account where id > $1" +
                                 seen + " order by id limit $2",
                             parameters));
  std::vector<Colleague> colleagues;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Account account;
    account.id = rows[i].text(0);
    TRY(name, parts.keys.open(rows[i].text(1), context_of(account.id)));
    account.created_at = rows[i].integer(3);
    account.seen_at = rows[i].integer(4);
    const bool active = rows[i].text(2) != "disabled" && !account.dormant(now);
    colleagues.push_back({std::move(account.id), std::move(name), active});
  }
  return colleagues;
}

core::Result<std::int64_t> change_account(sql::Connection& connection, const Parts& parts,
                                          std::string_view id, std::int64_t version,
                                          const AccountChange& change, std::string_view author,
                                          core::TimeMs now) {
  TRY(found, find_account(connection, parts, id));
  if (!found) return core::fail(ErrorCode::not_found, "", "there is no such account");
  if (found->version != version)
    return core::fail(ErrorCode::conflict, "", "somebody else changed this account meanwhile: load it again");
  if ((change.grants || change.state) && author == id)
    return core::fail(ErrorCode::denied, "", "nobody changes his own roles or state");
  TRY_STATUS(apply_looks(connection, parts, *found, change, author, now));
  if (change.grants) TRY_STATUS(apply_grants(connection, *found, *change.grants, author, now, change.reason));
  if (change.state) {
    if (*change.state != "active" && *change.state != "disabled")
      return core::fail(ErrorCode::invalid, "/state", "expected active or disabled");
    // Whoever is let in again has been looked at now: the ninety days begin anew.
    TRY_STATUS(
        connection.execute("update access_account set state = $1, seen_at = case when $1 = 'active' then $3 "
                           "else seen_at end where id = $2",
                           {*change.state, id, now}));
    if (*change.state == "disabled") TRY_STATUS(end_sessions(connection, id, "", now));
    TRY_STATUS(tell(connection, *change.state == "active" ? "account.enabled" : "account.disabled", author,
                    id, "", now, change.reason));
  }
  if (change.grants || change.state) {
    TRY_STATUS(check_somebody_is_left(connection));
    TRY_STATUS(end_without_right(connection, id, now));
  }
  TRY_STATUS(connection.execute("update access_account set version = version + 1 where id = $1", {id}));
  return version + 1;
}

core::Status set_password(sql::Connection& connection, std::string_view id, std::string_view hashed,
                          std::string_view kept, core::TimeMs now) {
  TRY_STATUS(
      connection.execute("update access_account set password = $1, password_set_at = $2, "
                         "state = case when state = 'invited' then 'active' else state end, "
                         "version = version + 1 where id = $3",
                         {hashed, now, id}));
  TRY_STATUS(end_sessions(connection, id, kept, now));
  TRY_STATUS(tell(connection, "account.password_set", id, id, "", now));
  return {};
}

core::Status check_somebody_is_left(sql::Connection& connection) {
  TRY(rows, connection.query("select g.role from access_grant g join access_account a on a.id = g.account "
                             "where a.state = 'active' and g.agent = '*'"));
  const std::size_t manage = find_right("accounts.manage");
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (const Role* role = find_role(rows[i].text(0)); role != nullptr && role->rights.test(manage))
      return {};
  return core::fail(ErrorCode::denied, "",
                    "nobody could manage accounts any more: give somebody that role first");
}

core::Result<std::int64_t> account_count(sql::Connection& connection) {
  TRY(rows, connection.query("select count(*) from access_account"));
  return rows[0].integer(0);
}

}  // namespace tillwatch::access
