// Time-based one-time passwords (RFC 6238: SHA-1, 30 seconds, six digits), as authenticator programs make
// them. Pure: the caller keeps which step was used. Called by sign-in and enrolment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace tillwatch::access {

inline constexpr std::size_t totp_secret_bytes = 20;  // RFC 4226, 4: at least 128 bits, 160 recommended

// The six digits of a time step (floor(time / 30 s)).
std::string totp(std::string_view secret, std::int64_t step);
std::int64_t totp_step(core::TimeMs time);
// The step whose digits these are: now's, the one before or the one after, and newer than `last_step`, so
// that each is used once. nullopt where they are none of them.
std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view digits, core::TimeMs now,
                                       std::int64_t last_step);

// RFC 4648, section 6, without padding.
std::string base32(std::string_view octets);
// otpauth://totp/ISSUER:NAME?secret=...&issuer=...; what the QR code holds. Name and issuer are
// percent-coded.
std::string otpauth_uri(std::string_view secret, std::string_view issuer, std::string_view name);

}  // namespace tillwatch::access
