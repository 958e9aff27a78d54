// The second factor of an account: a TOTP seed, sealed, and ten recovery codes for the day the phone is gone.
// Called by sign-in and the account's own page. A code counts once; a seed counts only after its owner has
// shown that it arrived. Passkeys will be another kind of the same table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/parts.h"
#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

inline constexpr std::size_t recovery_codes = 10;

struct Enrolment {
  std::string secret;  // base 32, to be typed where a code cannot be scanned
  std::string uri;     // otpauth://, for the QR code
};
// A new seed that waits for confirmation; one that waited already is dropped.
core::Result<Enrolment> begin_totp(sql::Connection& connection, const Parts& parts, std::string_view account,
                                   std::string_view sign_in, core::TimeMs now);
// The seed that waits becomes the factor, in the place of an earlier one. False: these are not its digits.
core::Result<bool> confirm_totp(sql::Connection& connection, const Parts& parts, std::string_view account,
                                std::string_view digits, core::TimeMs now);
core::Result<bool> has_factor(sql::Connection& connection, std::string_view account);
core::Result<bool> check_totp(sql::Connection& connection, const Parts& parts, std::string_view account,
                              std::string_view digits, core::TimeMs now);
// Takes every factor and recovery code away: the account enrols anew at its next sign-in.
core::Status drop_factors(sql::Connection& connection, std::string_view account);

// New codes, shown this once; earlier ones are void.
core::Result<std::vector<std::string>> make_recovery_codes(sql::Connection& connection, const Parts& parts,
                                                           std::string_view account, core::TimeMs now);
core::Result<bool> use_recovery_code(sql::Connection& connection, std::string_view account,
                                     std::string_view code, core::TimeMs now);
core::Result<std::int64_t> recovery_codes_left(sql::Connection& connection, std::string_view account);

}  // namespace tillwatch::access
