// The whole card number, for as long as it takes to hash and to mask it: a fixed array that is wiped, and no
// way to print, format or copy it into a string. Called by the door only. What may be stored of a number
// leaves through masked(), bin() and keyed_hash().
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace tillwatch::payment {

class Pan {
 public:
  static constexpr std::size_t digits_min = 13;  // ISO/IEC 7812-1 allows up to 19
  static constexpr std::size_t digits_max = 19;

  // Digits, in groups with single spaces or dashes between them where the caller has them so. The check digit
  // may be wrong (mistyped and invented numbers are evidence too). Errors: invalid, without the text.
  static core::Result<Pan> parse(std::string_view text);

  ~Pan() { crypto::wipe(digits_.data(), digits_.size()); }
  Pan(const Pan&) = delete;
  Pan& operator=(const Pan&) = delete;
  Pan(Pan&& other) noexcept;
  Pan& operator=(Pan&& other) noexcept;

  bool check_digit_valid() const;
  std::string bin() const;     // the first six digits
  std::string masked() const;  // first six and last four with stars between: of 15 digits five are lost
  // HMAC-SHA-256 of the digits: the only way to make a card's reference of a number.
  crypto::Digest256 keyed_hash(const crypto::HmacSha256& key) const;

  // The test build's leak (core::Sabotage::leak_card_number); nothing in other builds.
#if defined(TILLWATCH_SABOTAGE)
  std::string leaked() const { return std::string(digits_.data(), size_); }
#endif

 private:
  Pan() = default;
  std::string_view view() const { return {digits_.data(), size_}; }
  std::array<char, digits_max> digits_{};
  std::uint8_t size_ = 0;
};

}  // namespace tillwatch::payment
