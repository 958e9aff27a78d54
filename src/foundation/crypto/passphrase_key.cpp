#include "crypto/passphrase_key.h"

#include <sodium.h>

#include <string>

#include "core/check.h"

namespace tillwatch::crypto {
namespace {

constexpr std::uint64_t operations_max = 16;
constexpr std::uint64_t memory_bytes_min = 8192;  // crypto_pwhash_MEMLIMIT_MIN
constexpr std::uint64_t memory_bytes_max = 2ull * 1024 * 1024 * 1024;

}  // namespace

bool is_within_bounds(SealCost cost) {
  return cost.operations >= 1 && cost.operations <= operations_max && cost.memory_bytes >= memory_bytes_min &&
         cost.memory_bytes <= memory_bytes_max;
}

core::Result<Secret> key_of(const Secret& passphrase, std::span<const unsigned char> salt, SealCost cost) {
  CHECK(salt.size() == crypto_pwhash_SALTBYTES);
  Secret key(32);
  if (crypto_pwhash(static_cast<unsigned char*>(static_cast<void*>(key.bytes().data())), key.size(),
                    passphrase.view().data(), passphrase.size(), salt.data(), cost.operations,
                    static_cast<std::size_t>(cost.memory_bytes), crypto_pwhash_ALG_ARGON2ID13) != 0)
    return core::fail(core::ErrorCode::limit, "",
                      "argon2id needs " + std::to_string(cost.memory_bytes / (1024 * 1024)) +
                          " MiB of memory, which is not there");
  return key;
}

}  // namespace tillwatch::crypto
