// Ids that the program makes: a prefix, 48 bits of time and 80 random bits in Crockford's base 32, so that
// newer ids are greater and nobody can guess one. Called by registry and findings.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/time.h"
#include "ports/random.h"

namespace tillwatch::registry {

// "mch_01J1A2B3...": 26 characters after the prefix.
inline std::string make_id(std::string_view prefix, core::TimeMs now, ports::Random& random) {
  constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::array<std::byte, 10> bytes{};
  random.fill(bytes);
  std::string id(prefix);
  id += '_';
  for (int shift = 45; shift >= 0; shift -= 5) id += digits[static_cast<std::size_t>(now >> shift) & 31];
  std::uint64_t bits = 0;
  int held = 0;
  for (const std::byte byte : bytes) {
    bits = (bits << 8) | std::to_integer<std::uint64_t>(byte);
    for (held += 8; held >= 5; held -= 5) id += digits[(bits >> (held - 5)) & 31];
  }
  return id;
}

}  // namespace tillwatch::registry
