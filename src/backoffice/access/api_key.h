// API keys that people make at the desk, for programs that ask the engine. Called by the desk's routes; the
// wiring hands the living ones to the engine's door. Each change is an act, inside the caller's write
// transaction. Never sees a key: its SHA-256 only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr std::int64_t api_keys_alive_max = 2;  // of one client: the old one and the new one
inline constexpr std::size_t api_keys_max = 1000;      // that are kept, ended ones included

struct StoredApiKey {
  std::string id;
  std::string name;    // of the client
  std::string scopes;  // "decide,events"
  core::TimeMs made_at = 0;
  std::string made_by;
  core::TimeMs expires_at = 0;
  core::TimeMs revoked_at = 0;  // 0: not
  std::string hash;             // hexadecimal
  bool live(core::TimeMs now) const { return revoked_at == 0 && now < expires_at; }
};

// `key` has its id, name, scopes, times and hash. Errors: conflict (the client has two living keys), limit.
core::Status add_api_key(sql::Connection& connection, const StoredApiKey& key, std::string_view author,
                         core::TimeMs now, std::string_view reason = "");
// Errors: not_found, conflict (it has ended already).
core::Status revoke_api_key(sql::Connection& connection, std::string_view id, std::string_view author,
                            core::TimeMs now, std::string_view reason = "");
// In the order of their ids.
core::Result<std::vector<StoredApiKey>> list_api_keys(sql::Connection& connection);

// Another number after every change: whoever keeps a copy looks at it before he reads.
core::Result<std::string> api_keys_mark(sql::Connection& connection);

}  // namespace tillwatch::access
