#include "notify/webhook.h"

#include "json/writer.h"
#include "notify/bounds.h"
#include "notify/signature.h"
#include "notify/web_address.h"
#include "payment/card_digits.h"
#include "registry/made_id.h"
#include "relay/act.h"

namespace tillwatch::notify {
namespace {

using core::ErrorCode;

constexpr std::string_view columns =
    "w.id, w.version, w.name, w.url, w.severity_min, w.state, w.made_by, w.made_at, w.failures,"
    " coalesce(w.failing_since, 0), coalesce(w.delivered_at, 0), coalesce(w.disabled_at, 0), w.dropped,"
    " (select count(*) from notify_secret s where s.webhook = w.id and coalesce(s.ends_at, $1) >= $1)";

Webhook webhook_of(const sql::Row& row) {
  Webhook out;
  out.id = row.text(0);
  out.version = row.integer(1);
  out.name = row.text(2);
  out.url = row.text(3);
  out.severity_min = row.integer(4);
  out.state = row.text(5);
  out.made_by = row.text(6);
  out.made_at = row.integer(7);
  out.failures = row.integer(8);
  out.failing_since = row.integer(9);
  out.delivered_at = row.integer(10);
  out.disabled_at = row.integer(11);
  out.dropped = row.integer(12);
  out.secrets = row.integer(13);
  return out;
}

std::string context_of(std::string_view secret_id) {
  return "webhook_secret:" + std::string(secret_id) + ":secret";
}

core::Status tell(sql::Connection& connection, std::string_view kind, std::string_view author,
                  std::string_view id, const std::string& detail, core::TimeMs now, std::string_view reason) {
  const std::string subject = "webhook:" + std::string(id);
  TRY_STATUS(relay::append(connection, {kind, author, subject, detail, now, nullptr, reason}));
  return {};
}

core::Status check_name(std::string_view name) {
  if (name.empty() || name.size() > 180)
    return core::fail(ErrorCode::invalid, "/name", "give a name of 1 to 60 characters");
  return payment::check_no_digit_run("/name", name);
}

core::Status check_severity(std::int64_t severity) {
  if (severity >= 1 && severity <= 4) return {};
  return core::fail(ErrorCode::invalid, "/severity_min", "expected 1 to 4");
}

core::Result<std::string> add_secret(sql::Connection& connection, const Parts& parts,
                                     std::string_view webhook, core::TimeMs now) {
  std::string secret = make_webhook_secret(parts.random);
  const std::string id = registry::make_id("whs", now, parts.random);
  const std::string box = parts.keys.seal(secret, context_of(id), parts.random);
  TRY_STATUS(
      connection.execute("insert into notify_secret (id, webhook, secret, made_at) values ($1, $2, $3, $4)",
                         {id, webhook, sql::Octets{box}, now}));
  return secret;
}

core::Result<Webhook> require(sql::Connection& connection, std::string_view id, core::TimeMs now) {
  TRY(found, find_webhook(connection, id, now));
  if (!found) return core::fail(ErrorCode::not_found, "", "there is no such webhook");
  return *std::move(found);
}

}  // namespace

core::Result<std::vector<Webhook>> list_webhooks(sql::Connection& connection, core::TimeMs now) {
  TRY(rows,
      connection.query("select " + std::string(columns) + " from notify_webhook w order by w.id", {now}));
  std::vector<Webhook> out;
  for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(webhook_of(rows[i]));
  return out;
}

core::Result<std::optional<Webhook>> find_webhook(sql::Connection& connection, std::string_view id,
                                                  core::TimeMs now) {
  TRY(rows, connection.query("select " + std::string(columns) + " from notify_webhook w where w.id = $2",
                             {now, id}));
  if (rows.empty()) return std::nullopt;
  return std::optional(webhook_of(rows[0]));
}

core::Result<std::vector<std::string>> living_secrets(sql::Connection& connection,
                                                      const crypto::DataKeys& keys, std::string_view webhook,
                                                      core::TimeMs now) {
  TRY(rows, connection.query("select id, secret from notify_secret where webhook = $1 and"
                             " coalesce(ends_at, $2) >= $2 order by id desc",
                             {webhook, now}));
  std::vector<std::string> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TRY(secret, keys.open(rows[i].text(1), context_of(rows[i].text(0))));
    out.push_back(std::move(secret));
  }
  return out;
}

core::Result<MadeWebhook> make_webhook(sql::Connection& connection, const Parts& parts,
                                       const WebhookWish& wish, std::string_view author, core::TimeMs now) {
  TRY_STATUS(check_name(wish.name));
  TRY_STATUS(check_severity(wish.severity_min));
  TRY_STATUS(parse_web_address(wish.url, parts.near_too));
  TRY(count, connection.query("select count(*) from notify_webhook"));
  if (count[0].integer(0) >= static_cast<std::int64_t>(webhooks_max))
    return core::fail(ErrorCode::limit, "", "there are 20 webhooks, which is as many as there can be");
  MadeWebhook made;
  made.id = registry::make_id("whk", now, parts.random);
  TRY_STATUS(connection.execute(
      "insert into notify_webhook (id, version, name, url, severity_min, state, made_by, made_at, failures,"
      " dropped) values ($1, 1, $2, $3, $4, 'on', $5, $6, 0, 0)",
      {made.id, wish.name, wish.url, wish.severity_min, author, now}));
  TRY(secret, add_secret(connection, parts, made.id, now));
  made.secret = std::move(secret);
  TRY_STATUS(tell(connection, "webhook.made", author, made.id, "", now, wish.reason));
  return made;
}

core::Result<std::int64_t> change_webhook(sql::Connection& connection, const Parts& parts,
                                          std::string_view id, std::int64_t version,
                                          const WebhookChange& change, std::string_view author,
                                          core::TimeMs now) {
  TRY(webhook, require(connection, id, now));
  if (webhook.version != version)
    return core::fail(ErrorCode::conflict, "", "somebody changed this webhook meanwhile: look again");
  std::string detail;
  json::Writer out(detail);
  out.begin_object().key("changed").begin_array();
  if (change.name) {
    TRY_STATUS(check_name(*change.name));
    webhook.name = *change.name;
    out.value("name");
  }
  if (change.url) {
    TRY_STATUS(parse_web_address(*change.url, parts.near_too));
    webhook.url = *change.url;
    out.value("url");
  }
  if (change.severity_min) {
    TRY_STATUS(check_severity(*change.severity_min));
    webhook.severity_min = *change.severity_min;
    out.value("severity_min");
  }
  if (change.on) {
    webhook.state = *change.on ? "on" : "off";
    out.value(*change.on ? "on" : "off");
  }
  out.end_array().end_object();
  TRY_STATUS(
      connection.execute("update notify_webhook set version = version + 1, name = $2, url = $3,"
                         " severity_min = $4, state = $5 where id = $1",
                         {id, webhook.name, webhook.url, webhook.severity_min, webhook.state}));
  if (change.on && *change.on) {
    TRY_STATUS(
        connection.execute("update notify_webhook set failures = 0, failing_since = null,"
                           " disabled_at = null where id = $1",
                           {id}));
    TRY_STATUS(connection.execute(
        "update notify_message set due_at = $2 where target = $1 and state = 'waiting' and due_at > $2",
        {id, now}));
  }
  TRY_STATUS(tell(connection, "webhook.changed", author, id, detail, now, change.reason));
  return version + 1;
}

core::Status remove_webhook(sql::Connection& connection, std::string_view id, std::string_view author,
                            core::TimeMs now, std::string_view reason) {
  TRY(webhook, require(connection, id, now));
  for (const std::string_view statement :
       {"delete from notify_try where message in (select id from notify_message where target = $1)",
        "delete from notify_message where target = $1", "delete from notify_secret where webhook = $1",
        "delete from notify_webhook where id = $1"})
    TRY_STATUS(connection.execute(statement, {std::string_view(webhook.id)}));
  return tell(connection, "webhook.removed", author, id, "", now, reason);
}

core::Result<std::string> rotate_secret(sql::Connection& connection, const Parts& parts, std::string_view id,
                                        core::TimeMs old_until, std::string_view author, core::TimeMs now,
                                        std::string_view reason) {
  TRY(webhook, require(connection, id, now));
  if (old_until < now || old_until > now + old_secret_ms_max)
    return core::fail(ErrorCode::invalid, "/old_until", "expected a time from now to thirty days from now");
  if (webhook.secrets >= static_cast<std::int64_t>(secrets_alive_max))
    return core::fail(ErrorCode::conflict, "",
                      "three secrets are alive already: wait until the oldest has ended");
  TRY_STATUS(connection.execute(
      "update notify_secret set ends_at = $2 where webhook = $1 and (ends_at is null or ends_at > $2)",
      {id, old_until}));
  TRY_STATUS(connection.execute("delete from notify_secret where webhook = $1 and ends_at < $2", {id, now}));
  TRY(secret, add_secret(connection, parts, id, now));
  TRY_STATUS(tell(connection, "webhook.secret_rotated", author, id, "", now, reason));
  return secret;
}

}  // namespace tillwatch::notify
