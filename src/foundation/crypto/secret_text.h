// A growing text in locked memory, and hexadecimal secrets read back: for key files, where a std::string
// would leave the keys behind in freed blocks. Called by who writes a file of keys.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "crypto/secret.h"

namespace tillwatch::crypto {

class SecretText {
 public:
  // CHECKs that the text never grows beyond `capacity` bytes.
  explicit SecretText(std::size_t capacity) : memory_(capacity) {}
  void add(std::string_view part) {
    CHECK(size_ + part.size() <= memory_.size());
    std::ranges::copy(std::as_bytes(std::span(part)),
                      memory_.bytes().begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += part.size();
  }
  void add_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char c : bytes) {
      const auto octet = static_cast<unsigned char>(c);
      add(digits.substr(octet >> 4, 1));
      add(digits.substr(octet & 15, 1));
    }
  }
  std::string_view view() const { return memory_.view().substr(0, size_); }

 private:
  Secret memory_;
  std::size_t size_ = 0;
};

// The secret of `bytes` octets that stands in lower-case hexadecimal; nullopt where it does not.
inline std::optional<Secret> secret_from_hex(std::string_view text, std::size_t bytes) {
  const auto value_of = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  if (text.size() != 2 * bytes) return std::nullopt;
  Secret secret(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    const int high = value_of(text[2 * i]);
    const int low = value_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    secret.bytes()[i] = static_cast<std::byte>(high * 16 + low);
  }
  return secret;
}

}  // namespace tillwatch::crypto
