#include "notify/message.h"

#include <array>
#include <cstring>

#include "core/check.h"
#include "notify/bounds.h"
#include "registry/made_id.h"
#include "relay/act.h"

namespace tillwatch::notify {
namespace {

constexpr std::string_view columns =
    "id, channel, target, kind, subject, body, made_at, state, tries, due_at, coalesce(settled_at, 0)";

Message message_of(const sql::Row& row) {
  Message out;
  out.id = row.text(0);
  out.channel = row.text(1) == "mail" ? Channel::mail : Channel::webhook;
  out.target = row.text(2);
  out.kind = row.text(3);
  out.subject = row.text(4);
  out.body = row.text(5);
  out.made_at = row.integer(6);
  out.state = row.text(7);
  out.tries = row.integer(8);
  out.due_at = row.integer(9);
  out.settled_at = row.integer(10);
  return out;
}

// Up to a fifth more, so that receivers that were away do not get everything at one moment.
core::DurationMs with_chance(core::DurationMs delay, ports::Random& random) {
  std::array<std::byte, 8> bytes{};
  random.fill(bytes);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), bytes.size());
  return delay + static_cast<core::DurationMs>(number % static_cast<std::uint64_t>(delay / 5 + 1));
}

core::Status settle(sql::Connection& connection, std::string_view id, std::string_view state,
                    core::TimeMs now) {
  TRY_STATUS(connection.execute(
      "update notify_message set state = $2, settled_at = $3, tries = tries + 1 where id = $1",
      {id, state, now}));
  return {};
}

// Nothing came through since the message was made, and it has been tried to the end; or the receiver is gone.
core::Result<bool> judge_webhook(sql::Connection& connection, const Message& message, bool given_up,
                                 bool gone, core::TimeMs now) {
  TRY_STATUS(
      connection.execute("update notify_webhook set failures = failures + 1,"
                         " failing_since = coalesce(failing_since, $2) where id = $1",
                         {message.target, now}));
  if (!gone && !given_up) return false;
  TRY(changed, connection.execute("update notify_webhook set state = 'disabled', disabled_at = $2,"
                                  " version = version + 1 where id = $1 and state = 'on' and"
                                  " ($3 = 1 or coalesce(delivered_at, 0) < $4)",
                                  {message.target, now, std::int64_t{gone ? 1 : 0}, message.made_at}));
  if (changed == 0) return false;
  const std::string subject = "webhook:" + message.target;
  TRY_STATUS(relay::append(connection, {"webhook.disabled", "system", subject, "", now, nullptr}));
  return true;
}

}  // namespace

std::string_view name_of(Channel channel) {
  return channel == Channel::mail ? "mail" : "webhook";
}

core::Result<std::string> enqueue(sql::Connection& connection, ports::Random& random, Channel channel,
                                  std::string_view target, std::string_view kind, std::string_view subject,
                                  std::string_view body, core::TimeMs now) {
  CHECK(body.size() <= message_bytes_max);
  std::string id = registry::make_id("msg", now, random);
  TRY_STATUS(connection.execute(
      "insert into notify_message (id, channel, target, kind, subject, body, made_at, state, tries, due_at)"
      " values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $7)",
      {id, name_of(channel), target, kind, subject, body, now}));
  return id;
}

core::Result<std::vector<Message>> due_messages(sql::Connection& connection, core::TimeMs now) {
  TRY(targets, connection.query("select id from notify_webhook where state = 'on' union all"
                                " select id from notify_mail_receiver"));
  std::vector<Message> out;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    TRY(rows, connection.query("select " + std::string(columns) +
                                   " from notify_message where target = $1 and state = 'waiting' and"
                                   " due_at <= $2 order by due_at, id limit 1",
                               {targets[i].text(0), now}));
    if (!rows.empty()) out.push_back(message_of(rows[0]));
  }
  return out;
}

core::Result<std::int64_t> waiting(sql::Connection& connection, std::string_view target) {
  TRY(rows, connection.query("select count(*) from (select 1 from notify_message where target = $1 and"
                             " state = 'waiting' limit $2) as counted",
                             {target, waiting_max}));
  return rows[0].integer(0);
}

core::Result<bool> record_try(sql::Connection& connection, ports::Random& random, std::string_view message,
                              const ports::OutgoingResult& result, core::TimeMs now) {
  TRY(rows, connection.query(
                "select " + std::string(columns) + " from notify_message where id = $1 and state = 'waiting'",
                {message}));
  if (rows.empty()) return false;
  const Message before = message_of(rows[0]);
  TRY_STATUS(
      connection.execute("insert into notify_try (message, number, at, status, trouble, took_ms) values ($1, "
                         "$2, $3, $4, $5, $6)",
                         {message, before.tries + 1, now, std::int64_t{result.status},
                          std::string_view(result.trouble).substr(0, 300), result.took_ms}));
  if (result.good) {
    TRY_STATUS(settle(connection, message, "delivered", now));
    TRY_STATUS(
        connection.execute("update notify_webhook set failures = 0, failing_since = null,"
                           " delivered_at = $2 where id = $1",
                           {before.target, now}));
    return false;
  }
  const bool gone = before.channel == Channel::webhook && result.status == 410;
  const bool given_up = before.tries + 1 >= tries_max || before.kind == "test";
  if (given_up) {
    TRY_STATUS(settle(connection, message, "given_up", now));
  } else {
    const core::DurationMs delay = with_chance(retry_ms.at(static_cast<std::size_t>(before.tries)), random);
    TRY_STATUS(connection.execute("update notify_message set tries = tries + 1, due_at = $2 where id = $1",
                                  {message, now + delay}));
  }
  if (before.channel == Channel::mail || before.kind == "test") return false;
  return judge_webhook(connection, before, given_up, gone, now);
}

core::Result<std::vector<Delivery>> list_deliveries(sql::Connection& connection, std::string_view target,
                                                    std::string_view before, std::size_t count) {
  constexpr std::string_view end = "msg_~";  // behind every id
  TRY(rows,
      connection.query("select " + std::string(columns) +
                           " from notify_message where target = $1 and id < $2 order by id desc limit $3",
                       {target, before.empty() ? end : before, static_cast<std::int64_t>(count)}));
  std::vector<Delivery> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Delivery delivery{message_of(rows[i]), {}};
    TRY(tries, connection.query(
                   "select number, at, status, trouble, took_ms from notify_try where message = $1 order by"
                   " number",
                   {delivery.message.id}));
    for (std::size_t j = 0; j < tries.size(); ++j)
      delivery.tries.push_back({tries[j].integer(0), tries[j].integer(1), tries[j].integer(2),
                                std::string(tries[j].text(3)), tries[j].integer(4)});
    out.push_back(std::move(delivery));
  }
  return out;
}

core::Result<bool> forget_old(sql::Connection& connection, core::TimeMs now) {
  constexpr std::int64_t at_once = 200;
  TRY_STATUS(
      connection.execute("update notify_message set state = 'given_up', settled_at = $1 where"
                         " state = 'waiting' and made_at < $2",
                         {now, now - keep_waiting_ms}));
  constexpr std::string_view old =
      "(select id from notify_message where state <> 'waiting' and settled_at < $1 order by settled_at, id"
      " limit $2)";
  const core::TimeMs before = now - keep_settled_ms;
  TRY_STATUS(
      connection.execute("delete from notify_try where message in " + std::string(old), {before, at_once}));
  TRY(gone,
      connection.execute("delete from notify_message where id in " + std::string(old), {before, at_once}));
  return gone == at_once;
}

}  // namespace tillwatch::notify
