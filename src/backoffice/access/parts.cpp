#include "access/parts.h"

#include <array>
#include <span>

#include "crypto/hash.h"

namespace tillwatch::access {

std::string make_secret(ports::Random& random) {
  std::array<unsigned char, 32> bytes{};
  random.fill(std::as_writable_bytes(std::span(bytes)));
  return crypto::to_hex(bytes);
}

std::string stored_form(std::string_view secret) {
  return crypto::to_hex(crypto::sha256(secret));
}

}  // namespace tillwatch::access
