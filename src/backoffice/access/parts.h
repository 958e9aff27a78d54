// What the functions of this module work with beside the database. Made by the wiring and by tests; both
// outlive every call. Never holds state of its own.
#pragma once

#include <string>
#include <string_view>

#include "access/hash_queue.h"
#include "access/password_hash.h"
#include "core/sabotage.h"
#include "crypto/data_keys.h"
#include "ports/random.h"

namespace tillwatch::access {

struct Parts {
  const crypto::DataKeys& keys;  // seal names and seeds
  ports::Random& random;
  PasswordHash& hash;
  std::size_t password_characters_min = 15;
  core::Sabotage sabotage = {};
  HashQueue* queue = nullptr;  // where passwords are hashed; nullptr: at once
};

// 256 random bits in hexadecimal: what a cookie or a link holds.
std::string make_secret(ports::Random& random);
// How such a secret is stored: SHA-256, in hexadecimal. Enough, because nobody can guess 256 bits.
std::string stored_form(std::string_view secret);

}  // namespace tillwatch::access
