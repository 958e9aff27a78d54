#include "access/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "core/check.h"
#include "crypto/hash.h"

namespace tillwatch::access {
namespace {

constexpr core::DurationMs step_ms = 30 * core::second_ms;
constexpr std::uint32_t modulus = 1'000'000;

const unsigned char* octets(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

std::string percent_coded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += hex[octet >> 4];
      out += hex[octet & 15];
    }
  }
  return out;
}

}  // namespace

std::string totp(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[counter.size() - 1 - i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
             digest.data(), &size) != nullptr);
  const std::size_t at = digest[size - 1] & 15u;  // RFC 4226, 5.3
  const std::uint32_t number = (static_cast<std::uint32_t>(digest[at] & 0x7fu) << 24) |
                               (static_cast<std::uint32_t>(digest[at + 1]) << 16) |
                               (static_cast<std::uint32_t>(digest[at + 2]) << 8) | digest[at + 3];
  std::string digits = std::to_string(number % modulus);
  return std::string(6 - digits.size(), '0') + digits;
}

std::int64_t totp_step(core::TimeMs time) {
  return core::floor_div(time, step_ms);
}

std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view digits, core::TimeMs now,
                                       std::int64_t last_step) {
  std::optional<std::int64_t> found;
  const std::int64_t present = totp_step(now);
  for (std::int64_t step = present - 1; step <= present + 1; ++step)
    if (crypto::equal_in_constant_time(totp(secret, step), digits) && step > last_step) found = step;
  return found;
}

std::string base32(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint64_t bits = 0;
  int held = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bits = (bits << 8) | octets(text)[i];
    for (held += 8; held >= 5; held -= 5) out += alphabet[(bits >> (held - 5)) & 31];
  }
  if (held > 0) out += alphabet[(bits << (5 - held)) & 31];
  return out;
}

std::string otpauth_uri(std::string_view secret, std::string_view issuer, std::string_view name) {
  return "otpauth://totp/" + percent_coded(issuer) + ":" + percent_coded(name) + "?secret=" + base32(secret) +
         "&issuer=" + percent_coded(issuer) + "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace tillwatch::access
