#include "access/session.h"

#include "registry/made_id.h"

namespace tillwatch::access {
namespace {

constexpr std::string_view columns =
    "s.id, s.account, s.state, s.csrf, coalesce(s.device, ''), s.made_at, s.seen_at, coalesce(s.factor_at, "
    "0), "
    "s.address, s.user_agent";
constexpr std::int64_t devices_max = 20;  // of one account; the one that was away longest is forgotten

Session read(const sql::Row& row) {
  return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
          std::string(row.text(3)), std::string(row.text(4)), row.integer(5),
          row.integer(6),           row.integer(7),           std::string(row.text(8)),
          std::string(row.text(9))};
}

}  // namespace

core::Result<OpenedSession> open_session(sql::Connection& connection, const Parts& parts,
                                         std::string_view account, std::string_view state,
                                         const Visitor& visitor, core::TimeMs now) {
  OpenedSession opened;
  opened.secret = make_secret(parts.random);
  Session& session = opened.session;
  session.id = registry::make_id("ses", now, parts.random);
  session.account = account;
  session.state = state;
  session.csrf = make_secret(parts.random);
  session.device = visitor.device;
  session.made_at = session.seen_at = now;
  session.address = visitor.address;
  session.user_agent = visitor.user_agent;
  TRY_STATUS(connection.execute(
      "insert into access_session (id, hash, account, state, csrf, made_at, seen_at, address, user_agent, "
      "device) "
      "values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)",
      {session.id, stored_form(opened.secret), account, state, session.csrf, now, visitor.address,
       visitor.user_agent, visitor.device.empty() ? sql::Parameter() : sql::Parameter(visitor.device)}));
  return opened;
}

core::Result<std::optional<Session>> find_session(sql::Connection& connection, std::string_view secret,
                                                  core::TimeMs now) {
  if (secret.empty()) return std::nullopt;
  TRY(rows, connection.query("select " + std::string(columns) +
                                 " from access_session s join access_account a on a.id = s.account "
                                 "where s.hash = $1 and s.ended_at is null and a.state = 'active' "
                                 "and s.seen_at > $2 and s.made_at > $3",
                             {stored_form(secret), now - session_idle_ms_max, now - session_ms_max}));
  if (rows.empty()) return std::nullopt;
  Session session = read(rows[0]);
  if (now - session.seen_at >= core::minute_ms) {
    TRY_STATUS(connection.execute("update access_session set seen_at = $1 where id = $2", {now, session.id}));
    if (session.state == "signed_in")
      TRY_STATUS(
          connection.execute("update access_account set seen_at = $1 where id = $2", {now, session.account}));
  }
  return session;
}

core::Result<bool> session_lives(sql::Connection& connection, std::string_view id, core::TimeMs now) {
  TRY(rows, connection.query("select 1 from access_session s join access_account a on a.id = s.account"
                             " where s.id = $1 and s.state = 'signed_in' and s.ended_at is null"
                             " and a.state = 'active' and s.seen_at > $2 and s.made_at > $3",
                             {id, now - session_idle_ms_max, now - session_ms_max}));
  return !rows.empty();
}

core::Result<OpenedSession> renew_session(sql::Connection& connection, const Parts& parts,
                                          const Session& session, std::string_view state, bool factor_shown,
                                          core::TimeMs now) {
  TRY_STATUS(connection.execute("update access_session set ended_at = $1 where id = $2", {now, session.id}));
  TRY(opened, open_session(connection, parts, session.account, state,
                           {session.address, session.user_agent, session.device}, now));
  // The twelve hours go on from the first sign-in.
  opened.session.made_at = session.made_at;
  opened.session.factor_at = factor_shown ? now : session.factor_at;
  TRY_STATUS(connection.execute(
      "update access_session set made_at = $1, factor_at = $2 where id = $3",
      {session.made_at,
       opened.session.factor_at == 0 ? sql::Parameter() : sql::Parameter(opened.session.factor_at),
       opened.session.id}));
  if (state == "signed_in")
    TRY_STATUS(
        connection.execute("update access_account set seen_at = $1 where id = $2", {now, session.account}));
  return std::move(opened);
}

core::Result<std::vector<Session>> live_sessions(sql::Connection& connection, std::string_view account,
                                                 core::TimeMs now) {
  TRY(rows, connection.query("select " + std::string(columns) +
                                 " from access_session s where s.account = $1 and s.ended_at is null "
                                 "and s.seen_at > $2 and s.made_at > $3 order by s.id desc limit 200",
                             {account, now - session_idle_ms_max, now - session_ms_max}));
  std::vector<Session> sessions;
  for (std::size_t i = 0; i < rows.size(); ++i) sessions.push_back(read(rows[i]));
  return sessions;
}

core::Status end_session(sql::Connection& connection, std::string_view account, std::string_view id,
                         core::TimeMs now) {
  TRY(ended, connection.execute("update access_session set ended_at = $1 where id = $2 and account = $3 "
                                "and ended_at is null",
                                {now, id, account}));
  if (ended == 0) return core::fail(core::ErrorCode::not_found, "", "there is no such session");
  return {};
}

core::Status end_sessions(sql::Connection& connection, std::string_view account, std::string_view kept,
                          core::TimeMs now) {
  TRY_STATUS(connection.execute(
      "update access_session set ended_at = $1 where account = $2 and id <> $3 and ended_at is null",
      {now, account, kept}));
  return {};
}

core::Result<std::optional<Device>> find_device(sql::Connection& connection, std::string_view secret) {
  if (secret.empty()) return std::nullopt;
  TRY(rows, connection.query("select id, account from access_device where hash = $1", {stored_form(secret)}));
  if (rows.empty()) return std::nullopt;
  return Device{std::string(rows[0].text(0)), std::string(rows[0].text(1))};
}

core::Result<std::string> remember_device(sql::Connection& connection, const Parts& parts,
                                          std::string_view account, core::TimeMs now) {
  const std::string secret = make_secret(parts.random);
  TRY_STATUS(connection.execute(
      "insert into access_device (id, account, hash, made_at, seen_at) values ($1, $2, $3, $4, $4)",
      {registry::make_id("dev", now, parts.random), account, stored_form(secret), now}));
  TRY_STATUS(
      connection.execute("delete from access_device where account = $1 and id not in (select id from "
                         "access_device where account = $1 order by seen_at desc, id desc limit $2)",
                         {account, devices_max}));
  return secret;
}

}  // namespace tillwatch::access
