// API keys: who may ask, for what, until when (docs/formats/apikeys.md). Made by `tillwatch admin api-key`,
// read by the server. A key itself is shown once and never stored: the file keeps its SHA-256, which is
// enough for 256 random bits. Pure; the file is KeyRing's and the command's business.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "crypto/hash.h"
#include "ports/random.h"

namespace tillwatch::api {

enum class Scope : std::uint8_t {
  decide = 1,   // ask for decisions
  events = 2,   // send outcomes, labels, registry and other facts
  read = 4,     // read decisions and the policy
  metrics = 8,  // read /metrics
  admin = 16,   // change lists, retract batches
};
using Scopes = std::uint8_t;  // Scope values, or-ed
inline constexpr bool holds(Scopes scopes, Scope scope) {
  return (scopes & static_cast<Scopes>(scope)) != 0;
}
// "decide,events"; nullopt where a word is none or stands twice.
std::optional<Scopes> parse_scopes(std::string_view text);
std::string name_of(Scopes scopes);

struct ApiKey {
  std::string id;    // 16 letters; the first part of the key, not secret
  std::string name;  // of the client: a-z 0-9 . _ -, at most 64; part of the idempotency key
  Scopes scopes = 0;
  core::TimeMs created = 0;
  core::TimeMs expires = 0;
  core::TimeMs revoked = 0;  // 0: not
  crypto::Digest256 hash{};  // SHA-256 of the whole key

  bool live(core::TimeMs now) const { return revoked == 0 && now < expires; }
};

class ApiKeys {
 public:
  static constexpr core::DurationMs lifetime_max = 366 * core::day_ms;

  ApiKeys() = default;
  // Keys that another store checked and keeps.
  static ApiKeys of(std::vector<ApiKey> keys) {
    ApiKeys all;
    all.keys_ = std::move(keys);
    return all;
  }
  // Errors: invalid (the line is named), unsupported (a newer version).
  static core::Result<ApiKeys> parse(std::string_view file_text);
  std::string file_text() const;

  struct Created {
    std::string secret;  // "tw_ID_SECRET": shown once
    ApiKey key;
  };
  // Errors: invalid (name, scopes, lifetime), conflict (the client has two live keys), limit.
  core::Result<Created> create(ports::Random& random, core::TimeMs now, std::string_view name, Scopes scopes,
                               core::DurationMs lifetime);
  // By id. Errors: not_found, conflict (revoked already).
  core::Status revoke(std::string_view id, core::TimeMs now);

  // The live key that `secret` is; nullptr for all else. The comparison's time does not depend on the secret.
  const ApiKey* authenticate(std::string_view secret, core::TimeMs now) const;

  std::span<const ApiKey> keys() const { return keys_; }

 private:
  std::vector<ApiKey> keys_;  // in the order of creation
};

}  // namespace tillwatch::api
