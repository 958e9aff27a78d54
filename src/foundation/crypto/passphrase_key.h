// The key that a passphrase stands for: argon2id (libsodium). Called by the sealed box and the sealed stream.
// Never chooses the cost: it stands in what was sealed.
#pragma once

#include <span>

#include "core/error.h"
#include "crypto/sealed_box.h"
#include "crypto/secret.h"

namespace tillwatch::crypto {

// Whether a box that comes from outside may ask for this much.
bool is_within_bounds(SealCost cost);

// 32 bytes. `salt`: 16. Errors: limit (not enough memory for argon2id).
core::Result<Secret> key_of(const Secret& passphrase, std::span<const unsigned char> salt, SealCost cost);

}  // namespace tillwatch::crypto
