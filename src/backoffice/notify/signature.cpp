#include "notify/signature.h"

#include <array>
#include <span>

#include "core/check.h"
#include "crypto/hash.h"

namespace tillwatch::notify {
namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view octets) {
  std::string out;
  out.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    const std::string_view group = octets.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = (bits << 8) | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= group.size() ? alphabet[(bits >> (18 - 6 * i)) & 63] : '=';
  }
  return out;
}

std::optional<std::string> octets_of_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string_view digits = text;
  for (int i = 0; i < 2 && digits.ends_with('='); ++i) digits.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : digits) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xff);
  }
  return out;
}

std::string make_webhook_secret(ports::Random& random) {
  std::array<char, 32> octets{};
  random.fill(std::as_writable_bytes(std::span(octets)));
  return std::string(prefix) + base64({octets.data(), octets.size()});
}

std::optional<std::string> octets_of_secret(std::string_view secret) {
  if (!secret.starts_with(prefix)) return std::nullopt;
  auto octets = octets_of_base64(secret.substr(prefix.size()));
  if (!octets || octets->size() < 24 || octets->size() > 64) return std::nullopt;
  return octets;
}

std::string signature(const std::vector<std::string>& secrets, std::string_view id, std::int64_t seconds,
                      std::string_view body) {
  const std::string signed_text = std::string(id) + "." + std::to_string(seconds) + "." + std::string(body);
  std::string out;
  for (const std::string& secret : secrets) {
    const auto octets = octets_of_secret(secret);
    CHECK(octets.has_value());
    const crypto::Digest256 digest = crypto::HmacSha256(*octets).of(signed_text);
    if (!out.empty()) out += ' ';
    out += "v1,";
    out += base64(std::string(digest.begin(), digest.end()));
  }
  return out;
}

}  // namespace tillwatch::notify
