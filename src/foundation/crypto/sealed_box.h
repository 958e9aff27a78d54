// A secret sealed under a passphrase: argon2id makes the key, XChaCha20-Poly1305 seals (libsodium). The form
// of key backups (docs/formats/keys.md). Called by `tillwatch admin key export` and `import`. Never stores a
// passphrase; never weakens the parameters that a box names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "crypto/secret.h"
#include "ports/random.h"

namespace tillwatch::crypto {

inline constexpr std::size_t passphrase_bytes_min = 15;

struct SealCost {
  std::uint64_t operations = 3;                     // argon2id passes
  std::uint64_t memory_bytes = 256u * 1024 * 1024;  // libsodium's "moderate"
};

// One line of text: "tillwatch-sealed 1 OPERATIONS MEMORY SALT NONCE CIPHERTEXT" (hexadecimal).
// Errors: invalid (passphrase shorter than passphrase_bytes_min), limit (not enough memory for argon2id).
core::Result<std::string> seal(const Secret& content, const Secret& passphrase, ports::Random& random,
                               SealCost cost = {});
// Errors: invalid (not a sealed box, parameters out of bounds), denied (wrong passphrase or altered box),
// limit.
core::Result<Secret> unseal(std::string_view box, const Secret& passphrase);

}  // namespace tillwatch::crypto
