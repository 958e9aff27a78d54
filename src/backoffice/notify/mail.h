// The mail server and who gets mail about alerts: kept for the desk's page, read by digest.cpp and
// courier.cpp. The server's password and people's addresses lie sealed. Each change is an act, inside the
// caller's write transaction; none tells an address. Never sends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "notify/webhook.h"
#include "ports/outgoing.h"
#include "sql/database.h"

namespace tillwatch::notify {

struct MailServer {
  std::int64_t version = 0;
  std::string host;
  std::int64_t port = 587;
  std::string security = "start_tls";  // tls, start_tls, none (this machine only)
  std::string sign_in;                 // "": no log-in
  std::string password;
  std::string sender;  // whom the mails come from
};

struct MailReceiver {
  std::string account;
  std::string address;
  std::int64_t severity_min = 2;
  std::int64_t every_minutes = 15;  // one mail in this time, whatever comes
  std::string told;
  core::TimeMs due_at = 0;
};

core::Result<std::optional<MailServer>> mail_server(sql::Connection& connection,
                                                    const crypto::DataKeys& keys);
core::Result<std::vector<MailReceiver>> mail_receivers(sql::Connection& connection,
                                                       const crypto::DataKeys& keys);

struct MailWish {
  MailServer server;           // `version`: the one that was read, 0 where there is none
  bool keep_password = false;  // the one that is there, where `server` has none
  std::vector<MailReceiver> receivers;
};
// Replaces all. Whoever is new is told what opens from now on. The new version. Errors: conflict (another
// version), invalid (`where` is the member), limit.
core::Result<std::int64_t> set_mail(sql::Connection& connection, const Parts& parts, const MailWish& wish,
                                    std::string_view author, core::TimeMs now);

// One plain address such as lin@example.cn: ASCII, one @, nothing that could begin another header line or
// another address.
bool is_mail_address(std::string_view text);
ports::OutgoingMail::Security security_of(std::string_view name);

}  // namespace tillwatch::notify
