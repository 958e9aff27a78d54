// Webhooks that people registered: where to, from which severity, with which secrets. Called by the desk's
// routes, announcer.cpp and courier.cpp. Each change is an act, inside the caller's write transaction. A
// secret is shown once, when it is made; it lies sealed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "crypto/data_keys.h"
#include "ports/random.h"
#include "sql/database.h"

namespace tillwatch::notify {

struct Parts {
  const crypto::DataKeys& keys;
  ports::Random& random;
  bool near_too = false;  // http, this machine and private networks are receivers too: for tests
};

struct Webhook {
  std::string id;
  std::int64_t version = 0;
  std::string name;
  std::string url;
  std::int64_t severity_min = 1;
  std::string state;  // on, off, disabled
  std::string made_by;
  core::TimeMs made_at = 0;
  std::int64_t failures = 0;  // in a row
  core::TimeMs failing_since = 0;
  core::TimeMs delivered_at = 0;
  core::TimeMs disabled_at = 0;
  std::int64_t dropped = 0;
  std::int64_t secrets = 0;  // alive
};

struct WebhookWish {
  std::string name;  // 1 to 60 characters
  std::string url;
  std::int64_t severity_min = 1;
  std::string reason = {};  // of the act; "" for none
};

struct MadeWebhook {
  std::string id;
  std::string secret;
};

// Errors: invalid (`where` is the member), limit (webhooks_max).
core::Result<MadeWebhook> make_webhook(sql::Connection& connection, const Parts& parts,
                                       const WebhookWish& wish, std::string_view author, core::TimeMs now);

struct WebhookChange {
  std::optional<std::string> name;
  std::optional<std::string> url;
  std::optional<std::int64_t> severity_min;
  std::optional<bool> on;  // true also brings a disabled one back: what waits is due now
  std::string reason = {};
};
// The new version. Errors: not_found, conflict (another version), invalid.
core::Result<std::int64_t> change_webhook(sql::Connection& connection, const Parts& parts,
                                          std::string_view id, std::int64_t version,
                                          const WebhookChange& change, std::string_view author,
                                          core::TimeMs now);
// With its secrets and its log. Errors: not_found.
core::Status remove_webhook(sql::Connection& connection, std::string_view id, std::string_view author,
                            core::TimeMs now, std::string_view reason = "");
// A new secret, which signs from now on; the earlier ones sign too until `old_until`.
// Errors: not_found, invalid ("/old_until"), conflict (secrets_alive_max are alive).
core::Result<std::string> rotate_secret(sql::Connection& connection, const Parts& parts, std::string_view id,
                                        core::TimeMs old_until, std::string_view author, core::TimeMs now,
                                        std::string_view reason = "");

// By id.
core::Result<std::vector<Webhook>> list_webhooks(sql::Connection& connection, core::TimeMs now);
core::Result<std::optional<Webhook>> find_webhook(sql::Connection& connection, std::string_view id,
                                                  core::TimeMs now);
// The secrets that sign now, newest first.
core::Result<std::vector<std::string>> living_secrets(sql::Connection& connection,
                                                      const crypto::DataKeys& keys, std::string_view webhook,
                                                      core::TimeMs now);

}  // namespace tillwatch::notify
