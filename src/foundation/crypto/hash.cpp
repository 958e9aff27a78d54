#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include "core/check.h"

namespace tillwatch::crypto {

namespace {
const unsigned char* octets(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

struct FreeMdContext {
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
};
struct FreeMd {
  void operator()(EVP_MD* p) const { EVP_MD_free(p); }
};
struct FreeMacContext {
  void operator()(EVP_MAC_CTX* p) const { EVP_MAC_CTX_free(p); }
};
struct FreeMac {
  void operator()(EVP_MAC* p) const { EVP_MAC_free(p); }
};
}  // namespace

struct Sha256::State {
  std::unique_ptr<EVP_MD, FreeMd> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  std::unique_ptr<EVP_MD_CTX, FreeMdContext> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  CHECK(state_->algorithm && state_->context);
  CHECK(EVP_DigestInit_ex2(state_->context.get(), state_->algorithm.get(), nullptr) == 1);
}
Sha256::~Sha256() = default;

void Sha256::update(std::string_view data) {
  CHECK(EVP_DigestUpdate(state_->context.get(), data.data(), data.size()) == 1);
}

Digest256 Sha256::finish() {
  Digest256 digest{};
  unsigned int size = 0;
  CHECK(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size) == 1 && size == digest.size());
  CHECK(EVP_DigestInit_ex2(state_->context.get(), state_->algorithm.get(), nullptr) == 1);
  return digest;
}

Digest256 sha256(std::string_view data) {
  // Fetching the algorithm by name costs more than hashing an entry: one per thread (stack notes: 0.63
  // against 0.41 us).
  thread_local Sha256 hasher;
  hasher.update(data);
  return hasher.finish();
}

struct HmacSha256::State {
  std::unique_ptr<EVP_MAC, FreeMac> algorithm{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  std::unique_ptr<EVP_MAC_CTX, FreeMacContext> context;
};

HmacSha256::HmacSha256(std::string_view key) : state_(std::make_unique<State>()) {
  CHECK(key.size() >= 16);
  CHECK(state_->algorithm);
  state_->context.reset(EVP_MAC_CTX_new(state_->algorithm.get()));
  CHECK(state_->context);
  char name[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                               OSSL_PARAM_construct_end()};
  CHECK(EVP_MAC_init(state_->context.get(), octets(key), key.size(), params) == 1);
}
HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

Digest256 HmacSha256::of(std::string_view message) const {
  const std::unique_ptr<EVP_MAC_CTX, FreeMacContext> context(EVP_MAC_CTX_dup(state_->context.get()));
  CHECK(context);
  Digest256 digest{};
  std::size_t size = 0;
  CHECK(EVP_MAC_update(context.get(), octets(message), message.size()) == 1);
  CHECK(EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1 && size == digest.size());
  return digest;
}

std::uint64_t siphash(const SipKey& key, std::string_view data) {
  std::array<unsigned char, crypto_shorthash_BYTES> out{};
  crypto_shorthash(out.data(), octets(data), data.size(), key.data());
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < out.size(); ++i) hash |= static_cast<std::uint64_t>(out[i]) << (8 * i);
  return hash;
}

std::string to_hex(std::span<const unsigned char> data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(data.size() * 2);
  for (const unsigned char byte : data) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tillwatch::crypto
