// Signing in: password, then a second factor; and what keeps guessers out without keeping the owner out.
// Called by the desk's open routes. Each call opens its own transactions, because a try must be counted even
// where it fails, and because nothing may be held while a password is hashed.
//
// Before anything is hashed a try needs room: from a device that its owner signed in from before, in a bucket
// of that device; from elsewhere, in buckets of the name, of the network and of all strangers together. So a
// guesser reaches a hash at most ten times in thirty minutes for a name, and the owner's own device does not
// notice him. An unknown name costs the same tries, the same time and gets the same answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/account.h"
#include "access/parts.h"
#include "access/session.h"
#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr std::int64_t name_tries_max = 10;       // in half an hour, from unknown devices
inline constexpr std::int64_t device_tries_max = 10;     // in half an hour, from one known device
inline constexpr std::int64_t network_tries_max = 60;    // in half an hour, from unknown devices of a network
inline constexpr std::int64_t stranger_tries_max = 600;  // in a minute, of all unknown devices: 20 ms each
inline constexpr std::int64_t factor_tries_max = 10;     // in half an hour, of an account's second factor

struct SignInResult {
  enum class Kind : std::uint8_t {
    refused,        // name or password is wrong, or the account is not active: which, is not told
    wait,           // too many tries: after wait_ms
    factor_needed,  // the session may show its second factor
    enrol_factor,   // the session may enrol one, and nothing else
    signed_in,
  };
  Kind kind = Kind::refused;
  core::DurationMs wait_ms = 0;
  std::optional<OpenedSession> opened;
  std::string device_secret;  // for the device's cookie, where a new one is known from now on
};

// `device_secret`: of the cookie, "" where none came. `address`: numeric.
core::Result<SignInResult> sign_in(sql::Connection& connection, const Parts& parts, std::string_view name,
                                   std::string_view password, std::string_view device_secret,
                                   const Visitor& visitor, core::TimeMs now);

// The second factor of a session that needs one (or of a step-up): digits of TOTP or a recovery code; the
// other is "". Gives a new session.
// The same in two steps around the hash, which may take place elsewhere.
struct BegunSignIn {
  std::optional<SignInResult> over;  // refused without a hash, or to wait
  std::string account;               // "": nobody's name
  std::string stored;                // what the password is compared with
  std::string device;                // the id of the owner's known device
  std::string address, user_agent;
};
core::Result<BegunSignIn> begin_sign_in(sql::Connection& connection, const Parts& parts,
                                        std::string_view name, std::string_view password,
                                        std::string_view device_secret, const Visitor& visitor,
                                        core::TimeMs now);
// The account is looked at again: it may be another by now.
core::Result<SignInResult> end_sign_in(sql::Connection& connection, const Parts& parts,
                                       const BegunSignIn& begun, const HashOutcome& outcome,
                                       core::TimeMs now);

core::Result<SignInResult> show_factor(sql::Connection& connection, const Parts& parts,
                                       const Session& session, std::string_view digits,
                                       std::string_view recovery_code, core::TimeMs now);

// Sets a first or new password through a one-time link; the owner's link makes the account. The session that
// comes back may enrol a factor. Errors: not_found (the link), invalid (a member).
struct Arrival {
  std::string secret;      // of the link
  std::string sign_in;     // owner only
  std::string shown_name;  // owner only
  std::string language = "zh";
  std::string_view password;  // borrowed; the second step does not look at it
};
core::Result<SignInResult> arrive(sql::Connection& connection, const Parts& parts, const Arrival& arrival,
                                  const Visitor& visitor, core::TimeMs now);

// The same in two steps around the hash: whether the link and the password are good; and, `made` being the
// hashed password, the arrival. The link is used with the second one, and has to be good still.
core::Status begin_arrival(sql::Connection& connection, const Parts& parts, const Arrival& arrival,
                           core::TimeMs now);
core::Result<SignInResult> end_arrival(sql::Connection& connection, const Parts& parts,
                                       const Arrival& arrival, std::string_view made, const Visitor& visitor,
                                       core::TimeMs now);

}  // namespace tillwatch::access
