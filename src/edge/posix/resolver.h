// Names to network addresses, by the system's resolver. Called by edge/outgoing on threads of their own,
// because it blocks. Never caches.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"

namespace tillwatch::posix {

struct NetworkAddress {
  std::array<std::uint8_t, 16> bytes{};  // IPv6; IPv4 as ::ffff:a.b.c.d
  std::string text;                      // numeric, without zone
};

// At most 16, in the system's order. Numeric addresses in every form that the system reads are taken too.
// Errors: unavailable (the name has no address now).
core::Result<std::vector<NetworkAddress>> resolve(const std::string& host);
// nullopt where the text is no numeric address in its ordinary form.
std::optional<NetworkAddress> numeric_address(const std::string& text);

}  // namespace tillwatch::posix
