#include "notify/mail.h"

#include <algorithm>
#include <set>

#include "findings/alert.h"
#include "notify/bounds.h"
#include "notify/web_address.h"
#include "relay/act.h"

namespace tillwatch::notify {
namespace {

using core::ErrorCode;

constexpr std::string_view password_context = "mail_server:mail:password";

std::string context_of(std::string_view account) {
  return "mail_receiver:" + std::string(account) + ":address";
}

bool is_plain(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && std::ranges::all_of(text, [](char c) { return c >= ' ' && c != 0x7f; });
}

core::Status check_server(const MailServer& server) {
  const auto wrong = [](std::string where, std::string words) {
    return core::fail(ErrorCode::invalid, "/server" + std::move(where), std::move(words));
  };
  const std::string as_url =
      server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
  const auto host = parse_web_address("https://" + as_url, false);
  if (!host || host->port != 443 || host->target != "/" || host->host != server.host)
    return wrong("/host", "expected a name (lower case) or a numeric address");
  if (server.port < 1 || server.port > 65535) return wrong("/port", "expected 1 to 65535");
  if (server.security != "tls" && server.security != "start_tls" && server.security != "none")
    return wrong("/security", "expected tls, start_tls or none");
  if (!is_plain(server.sign_in, 200)) return wrong("/sign_in", "no control characters, at most 200 bytes");
  if (!is_plain(server.password, 200)) return wrong("/password", "no control characters, at most 200 bytes");
  if (!is_mail_address(server.sender))
    return wrong("/sender", "expected one address such as desk@example.cn");
  return {};
}

core::Status check_receivers(sql::Connection& connection, const std::vector<MailReceiver>& receivers) {
  if (receivers.size() > mail_receivers_max)
    return core::fail(ErrorCode::limit, "/receivers", "at most a hundred people get mail");
  std::set<std::string> accounts;
  for (std::size_t i = 0; i < receivers.size(); ++i) {
    const MailReceiver& one = receivers[i];
    const std::string where = "/receivers/" + std::to_string(i);
    TRY(rows, connection.query("select 1 from access_account where id = $1", {one.account}));
    if (rows.empty() || !accounts.insert(one.account).second)
      return core::fail(ErrorCode::invalid, where + "/account", "no such account, or named twice");
    if (!is_mail_address(one.address))
      return core::fail(ErrorCode::invalid, where + "/address",
                        "expected one address such as lin@example.cn");
    if (one.severity_min < 1 || one.severity_min > 4)
      return core::fail(ErrorCode::invalid, where + "/severity_min", "expected 1 to 4");
    if (one.every_minutes < 5 || one.every_minutes > 10'080)
      return core::fail(ErrorCode::invalid, where + "/every_minutes", "expected 5 minutes to a week");
  }
  return {};
}

core::Status write_receivers(sql::Connection& connection, const Parts& parts,
                             const std::vector<MailReceiver>& wanted, core::TimeMs now) {
  TRY(before, mail_receivers(connection, parts.keys));
  TRY(newest, findings::newest_id(connection));
  for (const MailReceiver& had : before) {
    if (std::ranges::any_of(wanted, [&](const MailReceiver& one) { return one.account == had.account; }))
      continue;
    for (const std::string_view statement :
         {"delete from notify_try where message in (select id from notify_message where target = $1)",
          "delete from notify_message where target = $1", "delete from notify_mail_receiver where id = $1"})
      TRY_STATUS(connection.execute(statement, {std::string_view(had.account)}));
  }
  for (const MailReceiver& one : wanted) {
    const std::string box = parts.keys.seal(one.address, context_of(one.account), parts.random);
    TRY_STATUS(connection.execute(
        "insert into notify_mail_receiver (id, address, severity_min, every_minutes, told, due_at)"
        " values ($1, $2, $3, $4, $5, $6) on conflict (id) do update set address = excluded.address,"
        " severity_min = excluded.severity_min, every_minutes = excluded.every_minutes",
        {one.account, sql::Octets{box}, one.severity_min, one.every_minutes, newest, now}));
  }
  return {};
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (text.size() > 254 || at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view local = text.substr(0, at), domain = text.substr(at + 1);
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto of_local = [&](char c) {
    return letter(c) || std::string_view("._+-").find(c) != std::string_view::npos;
  };
  const auto of_domain = [&](char c) { return letter(c) || c == '.' || c == '-'; };
  return std::ranges::all_of(local, of_local) && std::ranges::all_of(domain, of_domain) &&
         letter(local.front()) && !domain.empty() && letter(domain.front()) && letter(domain.back()) &&
         domain.find("..") == std::string_view::npos;
}

ports::OutgoingMail::Security security_of(std::string_view name) {
  using Security = ports::OutgoingMail::Security;
  return name == "tls" ? Security::tls : name == "none" ? Security::none : Security::start_tls;
}

core::Result<std::optional<MailServer>> mail_server(sql::Connection& connection,
                                                    const crypto::DataKeys& keys) {
  TRY(rows, connection.query("select version, host, port, security, sign_in, password, sender from"
                             " notify_mail_server where id = 'mail'"));
  if (rows.empty()) return std::nullopt;
  MailServer server{rows[0].integer(0),           std::string(rows[0].text(1)), rows[0].integer(2),
                    std::string(rows[0].text(3)), std::string(rows[0].text(4)), "",
                    std::string(rows[0].text(6))};
  if (!rows[0].is_null(5)) {
    TRY(password, keys.open(rows[0].text(5), password_context));
    server.password = std::move(password);
  }
  return std::optional(std::move(server));
}

core::Result<std::vector<MailReceiver>> mail_receivers(sql::Connection& connection,
                                                       const crypto::DataKeys& keys) {
  TRY(rows, connection.query("select id, address, severity_min, every_minutes, told, due_at from"
                             " notify_mail_receiver order by id"));
  std::vector<MailReceiver> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    MailReceiver one;
    one.account = rows[i].text(0);
    TRY(address, keys.open(rows[i].text(1), context_of(one.account)));
    one.address = std::move(address);
    one.severity_min = rows[i].integer(2);
    one.every_minutes = rows[i].integer(3);
    one.told = rows[i].text(4);
    one.due_at = rows[i].integer(5);
    out.push_back(std::move(one));
  }
  return out;
}

core::Result<std::int64_t> set_mail(sql::Connection& connection, const Parts& parts, const MailWish& wish,
                                    std::string_view author, core::TimeMs now) {
  TRY_STATUS(check_server(wish.server));
  TRY_STATUS(check_receivers(connection, wish.receivers));
  TRY(before, mail_server(connection, parts.keys));
  if ((before ? before->version : 0) != wish.server.version)
    return core::fail(ErrorCode::conflict, "", "somebody changed the mail settings meanwhile: look again");
  MailServer server = wish.server;
  // The password goes to the server that it was written for, and to no other.
  const bool same = before && before->host == server.host && before->sign_in == server.sign_in;
  if (server.password.empty() && wish.keep_password) {
    if (!same)
      return core::fail(ErrorCode::invalid, "/server/password",
                        "another server or another user: write the password");
    server.password = before->password;
  }
  if (server.sign_in.empty() != server.password.empty())
    return core::fail(ErrorCode::invalid, "/server/password", "a user and a password, or neither");
  const std::string box = server.password.empty()
                              ? std::string()
                              : parts.keys.seal(server.password, password_context, parts.random);
  const sql::Parameter sealed =
      box.empty() ? sql::Parameter(std::monostate()) : sql::Parameter(sql::Octets{box});
  const std::int64_t version = wish.server.version + 1;
  TRY_STATUS(connection.execute(
      "insert into notify_mail_server (id, version, host, port, security, sign_in, password, sender)"
      " values ('mail', $1, $2, $3, $4, $5, $6, $7) on conflict (id) do update set version = "
      "excluded.version,"
      " host = excluded.host, port = excluded.port, security = excluded.security, sign_in = excluded.sign_in,"
      " password = excluded.password, sender = excluded.sender",
      {version, server.host, server.port, server.security, server.sign_in, sealed, server.sender}));
  TRY_STATUS(write_receivers(connection, parts, wish.receivers, now));
  // Another server may take what the one before did not.
  TRY_STATUS(connection.execute(
      "update notify_message set due_at = $1 where channel = 'mail' and state = 'waiting' and due_at > $1",
      {now}));
  const std::string detail = "{\"receivers\":" + std::to_string(wish.receivers.size()) + "}";
  TRY_STATUS(relay::append(connection, {"mail.changed", author, "mail", detail, now, nullptr}));
  return version;
}

}  // namespace tillwatch::notify
