// One-time links: for the first owner, for a new colleague, for somebody whose factor or password is lost.
// Called by first run, the accounts' routes and the command line. A link holds 256 random bits, of which the
// database keeps the hash; it works once, and not for long. Who made it is kept: standing.h asks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/parts.h"
#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr core::DurationMs invitation_ms = 72 * core::hour_ms;

enum class Purpose : std::uint8_t {
  owner,   // makes the first account, with the role owner
  invite,  // sets the first password of an account
  reset,   // sets a new password and a new factor
};

struct Invitation {
  Purpose purpose = Purpose::owner;
  std::string account;  // "" for owner
};

// Gives the secret for the link. Earlier links of the same purpose and account are void. `maker`: the account
// that asks for it, "" for the machine.
core::Result<std::string> invite(sql::Connection& connection, const Parts& parts, Purpose purpose,
                                 std::string_view account, std::string_view maker, core::TimeMs now);
// nullopt: unknown, used or expired; or one for the owner where there is an account already.
core::Result<std::optional<Invitation>> find_invitation(sql::Connection& connection, std::string_view secret,
                                                        core::TimeMs now);
// Errors: not_found (it was used meanwhile).
core::Status use_invitation(sql::Connection& connection, std::string_view secret, core::TimeMs now);

}  // namespace tillwatch::access
