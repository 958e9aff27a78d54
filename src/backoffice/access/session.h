// Sessions of people at the desk: a random secret in a cookie, of which the database keeps the hash. Called
// by the desk for every request. A session ends after 15 idle minutes and after 12 hours at the latest (PCI
// DSS 8.2.8), with its account, and when its owner says so; it is looked up at each request, so an end acts
// at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/parts.h"
#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr core::DurationMs session_idle_ms_max = 15 * core::minute_ms;
inline constexpr core::DurationMs session_ms_max = 12 * core::hour_ms;
inline constexpr core::DurationMs step_up_ms = 5 * core::minute_ms;

struct Session {
  std::string id;
  std::string account;
  std::string state;  // factor_needed, enrol_factor, signed_in
  std::string csrf;
  std::string device;  // "" for one that is not known
  core::TimeMs made_at = 0;
  core::TimeMs seen_at = 0;
  core::TimeMs factor_at = 0;  // when a second factor was shown last; 0: never
  std::string address;
  std::string user_agent;
  bool stepped_up(core::TimeMs now) const { return factor_at != 0 && now - factor_at <= step_up_ms; }
};

struct Visitor {
  std::string_view address;
  std::string_view user_agent;
  std::string_view device;  // the id of a known device
};

struct OpenedSession {
  Session session;
  std::string secret;  // for the cookie; shown this once
};
core::Result<OpenedSession> open_session(sql::Connection& connection, const Parts& parts,
                                         std::string_view account, std::string_view state,
                                         const Visitor& visitor, core::TimeMs now);

// The live session of this secret, of an active account; nullopt where there is none. Notes that it was seen,
// at most once a minute.
core::Result<std::optional<Session>> find_session(sql::Connection& connection, std::string_view secret,
                                                  core::TimeMs now);
// Whether a session, by its id, would still be found; unlike find_session() this is no sign of its person.
core::Result<bool> session_lives(sql::Connection& connection, std::string_view id, core::TimeMs now);

// The same person goes on under a new secret: what was known before the factor is worth nothing after it.
core::Result<OpenedSession> renew_session(sql::Connection& connection, const Parts& parts,
                                          const Session& session, std::string_view state, bool factor_shown,
                                          core::TimeMs now);

core::Result<std::vector<Session>> live_sessions(sql::Connection& connection, std::string_view account,
                                                 core::TimeMs now);
// Errors: not_found (also another account's).
core::Status end_session(sql::Connection& connection, std::string_view account, std::string_view id,
                         core::TimeMs now);
// All of the account but `kept`.
core::Status end_sessions(sql::Connection& connection, std::string_view account, std::string_view kept,
                          core::TimeMs now);

// A device that its owner signed in from, found again by a cookie of its own.
struct Device {
  std::string id;
  std::string account;
};
core::Result<std::optional<Device>> find_device(sql::Connection& connection, std::string_view secret);
// Gives the secret for the cookie.
core::Result<std::string> remember_device(sql::Connection& connection, const Parts& parts,
                                          std::string_view account, core::TimeMs now);

}  // namespace tillwatch::access
