// Hashes: SHA-256, HMAC-SHA-256 and keyed SipHash-2-4, over OpenSSL and libsodium.
// Called by payment (content digests), the card door (keyed hashes of whole numbers), state (index hashes),
// api (key hashes). Never hashes a card number without a key: there is no overload for payment::Pan here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tillwatch::crypto {

using Digest256 = std::array<unsigned char, 32>;

Digest256 sha256(std::string_view data);

// SHA-256 in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(std::string_view data);
  // Ends the computation and begins a new one.
  Digest256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// HMAC-SHA-256 with one key for many messages; the key schedule is computed once.
class HmacSha256 {
 public:
  // `key`: at least 16 bytes; copied into OpenSSL's context, wiped with it.
  explicit HmacSha256(std::string_view key);
  ~HmacSha256();
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  Digest256 of(std::string_view message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The key of the index hash: one per installation, so that nobody outside can choose colliding ids.
using SipKey = std::array<unsigned char, 16>;
std::uint64_t siphash(const SipKey& key, std::string_view data);

// Lower-case hexadecimal.
std::string to_hex(std::span<const unsigned char> data);

// Compares in time that depends only on the lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace tillwatch::crypto
