#include "access/password_hash.h"

#include <sodium.h>

#include <array>

#include "core/check.h"

namespace tillwatch::access {
namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19u * 1024 * 1024;

}  // namespace

Argon2id::Argon2id() {
  CHECK(sodium_init() >= 0);
  std::array<char, 32> random{};
  randombytes_buf(random.data(), random.size());
  nobody_ = make(std::string_view(random.data(), random.size())).value_or("");
}

core::Result<std::string> Argon2id::make(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> stored{};
  if (crypto_pwhash_str_alg(stored.data(), password.data(), password.size(), passes, memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return core::fail(core::ErrorCode::limit, "", "argon2id needs 19 MiB of memory, which is not there");
  return std::string(stored.data());
}

bool Argon2id::matches(std::string_view stored, std::string_view password) {
  const std::string text(stored.empty() ? std::string_view(nobody_) : stored);
  const bool right = crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
  return right && !stored.empty();
}

bool Argon2id::outdated(std::string_view stored) {
  return crypto_pwhash_str_needs_rehash(std::string(stored).c_str(), passes, memory_bytes) != 0;
}

}  // namespace tillwatch::access
