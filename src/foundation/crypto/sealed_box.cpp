// format: keys
#include "crypto/sealed_box.h"

#include <sodium.h>

#include <array>
#include <charconv>
#include <vector>

#include "core/check.h"
#include "crypto/hash.h"
#include "crypto/passphrase_key.h"

namespace tillwatch::crypto {
namespace {

using core::ErrorCode;

constexpr std::string_view magic = "tillwatch-sealed 1 ";
constexpr std::size_t content_bytes_max = 64 * 1024;
using Octets = std::vector<unsigned char>;

unsigned char* octets(Secret& secret) {
  return static_cast<unsigned char*>(static_cast<void*>(secret.bytes().data()));
}
const unsigned char* octets(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

// The clear part of the box is authenticated too.
std::string head_of(SealCost cost) {
  return std::string(magic) + std::to_string(cost.operations) + " " + std::to_string(cost.memory_bytes) + " ";
}

bool from_hex(std::string_view text, Octets& out) {
  out.resize(text.size() / 2);
  if (out.empty())  // libsodium takes no null pointer, not even for nothing
    return text.empty();
  std::size_t size = 0;
  const char* end = nullptr;
  return sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end) == 0 &&
         size == out.size() && end == text.data() + text.size();
}

// Cuts the text up to the next space.
std::string_view word(std::string_view& rest) {
  const std::size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view part = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return part;
}

bool read_number(std::string_view text, std::uint64_t& out) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc() && end == text.data() + text.size();
}

}  // namespace

core::Result<std::string> seal(const Secret& content, const Secret& passphrase, ports::Random& random,
                               SealCost cost) {
  CHECK(sodium_init() >= 0);
  CHECK(content.size() <= content_bytes_max);
  if (passphrase.size() < passphrase_bytes_min)
    return core::fail(ErrorCode::invalid, "passphrase",
                      "the passphrase is too short: take at least 15 characters");
  Octets salt(crypto_pwhash_SALTBYTES);
  Octets nonce(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  random.fill(std::as_writable_bytes(std::span(salt)));
  random.fill(std::as_writable_bytes(std::span(nonce)));
  TRY(key, key_of(passphrase, salt, cost));
  const std::string head = head_of(cost);
  Octets sealed(content.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
  unsigned long long size = 0;
  CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(), &size, octets(content.view()),
                                                   content.size(), octets(head), head.size(), nullptr,
                                                   nonce.data(), octets(key)) == 0);
  CHECK(size == sealed.size());
  return head + to_hex(salt) + " " + to_hex(nonce) + " " + to_hex(sealed) + "\n";
}

core::Result<Secret> unseal(std::string_view box, const Secret& passphrase) {
  CHECK(sodium_init() >= 0);
  const auto broken = [] {
    return core::fail(ErrorCode::invalid, "backup",
                      "this is no key backup of this program: name the file that `admin key export` wrote");
  };
  if (!box.starts_with(magic)) return broken();
  std::string_view rest = box.substr(magic.size());
  while (rest.ends_with('\n') || rest.ends_with('\r')) rest.remove_suffix(1);
  SealCost cost;
  Octets salt, nonce, sealed;
  if (!read_number(word(rest), cost.operations) || !read_number(word(rest), cost.memory_bytes) ||
      !from_hex(word(rest), salt) || !from_hex(word(rest), nonce) || !from_hex(word(rest), sealed) ||
      !rest.empty())
    return broken();
  if (!is_within_bounds(cost) || salt.size() != crypto_pwhash_SALTBYTES ||
      nonce.size() != crypto_aead_xchacha20poly1305_ietf_NPUBBYTES ||
      sealed.size() < crypto_aead_xchacha20poly1305_ietf_ABYTES ||
      sealed.size() > content_bytes_max + crypto_aead_xchacha20poly1305_ietf_ABYTES)
    return broken();
  TRY(key, key_of(passphrase, salt, cost));
  const std::string head = head_of(cost);
  Secret content(sealed.size() - crypto_aead_xchacha20poly1305_ietf_ABYTES);
  unsigned long long size = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(octets(content), &size, nullptr, sealed.data(),
                                                 sealed.size(), octets(head), head.size(), nonce.data(),
                                                 octets(key)) != 0)
    return core::fail(ErrorCode::denied, "backup", "the passphrase is wrong, or the backup was altered");
  return content;
}

}  // namespace tillwatch::crypto
