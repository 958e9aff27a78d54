// The address of a webhook as a person writes it, taken apart strictly. Called where one is registered and
// where one is sent to. Never resolves: which addresses may be reached is edge/outgoing's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch::notify {

inline constexpr std::size_t url_bytes_max = 1024;

struct WebAddress {
  bool tls = true;
  std::string host;  // lower case; IPv6 without brackets
  std::uint16_t port = 443;
  std::string target = "/";
};

// https://HOST[:PORT][/PATH][?QUERY]; http:// only where `plain_too`. No user, no password, no fragment; the
// host is a name or a numeric address in its ordinary form. Errors: invalid ("/url").
core::Result<WebAddress> parse_web_address(std::string_view url, bool plain_too);

}  // namespace tillwatch::notify
