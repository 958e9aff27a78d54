// Signatures of webhooks as the Standard Webhooks specification 1.0.0 has them: HMAC-SHA-256 over
// "ID.SECONDS.BODY", in base64, one for each living secret. Called by courier.cpp and by tests. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/random.h"

namespace tillwatch::notify {

// "whsec_" and 32 random octets in base64: what the receiver keeps.
std::string make_webhook_secret(ports::Random& random);
// The octets of such a text; nullopt where it is none, or not 24 to 64 octets.
std::optional<std::string> octets_of_secret(std::string_view secret);
// "v1,BASE64 v1,BASE64": one for each secret, in their order. CHECKs that each is a secret.
std::string signature(const std::vector<std::string>& secrets, std::string_view id, std::int64_t seconds,
                      std::string_view body);

std::string base64(std::string_view octets);
std::optional<std::string> octets_of_base64(std::string_view text);

}  // namespace tillwatch::notify
