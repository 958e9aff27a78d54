#include "access/api_key.h"

#include "json/writer.h"
#include "relay/act.h"

namespace tillwatch::access {
namespace {

using core::ErrorCode;

constexpr std::string_view mark_name = "api_keys";

core::Result<std::int64_t> tell(sql::Connection& connection, std::string_view kind, std::string_view author,
                                std::string_view id, const std::string& detail, core::TimeMs now,
                                std::string_view reason) {
  TRY_STATUS(
      connection.execute("insert into access_setting (name, value) values ($1, $2) on conflict (name)"
                         " do update set value = excluded.value",
                         {mark_name, ""}));
  const std::string subject = "api_key:" + std::string(id);
  TRY(act, relay::append(connection, {kind, author, subject, detail, now, nullptr, reason}));
  // The act's number is new each time.
  TRY_STATUS(connection.execute("update access_setting set value = $2 where name = $1",
                                {mark_name, std::to_string(act)}));
  return act;
}

}  // namespace

core::Status add_api_key(sql::Connection& connection, const StoredApiKey& key, std::string_view author,
                         core::TimeMs now, std::string_view reason) {
  TRY(alive, connection.query("select count(*) from access_api_key where name = $1 and revoked_at is null and"
                              " expires_at > $2",
                              {key.name, now}));
  if (alive[0].integer(0) >= api_keys_alive_max)
    return core::fail(ErrorCode::conflict, "/name",
                      "this client has two living keys: revoke the one that it no longer uses");
  TRY(all, connection.query("select count(*) from access_api_key"));
  if (all[0].integer(0) >= static_cast<std::int64_t>(api_keys_max))
    return core::fail(ErrorCode::limit, "", "a thousand keys are kept, which is as many as there can be");
  std::string detail;
  json::Writer(detail).begin_object().member("client", key.name).member("scopes", key.scopes).end_object();
  TRY(act, tell(connection, "api_key.made", author, key.id, detail, now, reason));
  TRY_STATUS(connection.execute(
      "insert into access_api_key (id, name, scopes, made_at, made_by, expires_at, hash, act)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)",
      {key.id, key.name, key.scopes, key.made_at, author, key.expires_at, key.hash, act}));
  return {};
}

core::Status revoke_api_key(sql::Connection& connection, std::string_view id, std::string_view author,
                            core::TimeMs now, std::string_view reason) {
  TRY(rows,
      connection.query("select coalesce(revoked_at, 0), expires_at from access_api_key where id = $1", {id}));
  if (rows.empty()) return core::fail(ErrorCode::not_found, "", "there is no such key");
  if (rows[0].integer(0) != 0 || rows[0].integer(1) <= now)
    return core::fail(ErrorCode::conflict, "", "this key has ended already");
  TRY_STATUS(tell(connection, "api_key.revoked", author, id, "", now, reason));
  TRY_STATUS(connection.execute("update access_api_key set revoked_at = $2, revoked_by = $3 where id = $1",
                                {id, now, author}));
  return {};
}

core::Result<std::vector<StoredApiKey>> list_api_keys(sql::Connection& connection) {
  TRY(rows, connection.query("select id, name, scopes, made_at, made_by, expires_at, coalesce(revoked_at, 0),"
                             " hash from access_api_key order by id"));
  std::vector<StoredApiKey> keys;
  for (std::size_t i = 0; i < rows.size(); ++i)
    keys.push_back({std::string(rows[i].text(0)), std::string(rows[i].text(1)), std::string(rows[i].text(2)),
                    rows[i].integer(3), std::string(rows[i].text(4)), rows[i].integer(5), rows[i].integer(6),
                    std::string(rows[i].text(7))});
  return keys;
}

core::Result<std::string> api_keys_mark(sql::Connection& connection) {
  TRY(rows, connection.query("select value from access_setting where name = $1", {mark_name}));
  return rows.empty() ? std::string() : std::string(rows[0].text(0));
}

}  // namespace tillwatch::access
