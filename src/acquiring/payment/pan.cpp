#include "payment/pan.h"

#include <algorithm>
#include <utility>

#include "payment/card_digits.h"

namespace tillwatch::payment {

core::Result<Pan> Pan::parse(std::string_view text) {
  const auto wrong = [] {
    return core::fail(
        core::ErrorCode::invalid, "",
        "this is no card number: 13 to 19 digits, in groups with single spaces or dashes at most");
  };
  Pan pan;
  bool separated = true;  // a separator may not begin, end or follow another
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (pan.size_ == digits_max) return wrong();
      pan.digits_[pan.size_++] = c;
      separated = false;
    } else if ((c == ' ' || c == '-') && !separated) {
      separated = true;
    } else {
      return wrong();
    }
  }
  if (pan.size_ < digits_min || separated) return wrong();
  return pan;
}

Pan::Pan(Pan&& other) noexcept : digits_(other.digits_), size_(std::exchange(other.size_, std::uint8_t{0})) {
  crypto::wipe(other.digits_.data(), other.digits_.size());
}

Pan& Pan::operator=(Pan&& other) noexcept {
  if (this != &other) {
    digits_ = other.digits_;
    size_ = std::exchange(other.size_, std::uint8_t{0});
    crypto::wipe(other.digits_.data(), other.digits_.size());
  }
  return *this;
}

bool Pan::check_digit_valid() const {
  return passes_luhn(view());
}

std::string Pan::bin() const {
  return std::string(view().substr(0, 6));
}

std::string Pan::masked() const {
  std::string text(size_, '*');
  std::ranges::copy(view().substr(0, 6), text.begin());
  std::ranges::copy(view().substr(size_ - 4u), text.end() - 4);
  return text;
}

crypto::Digest256 Pan::keyed_hash(const crypto::HmacSha256& key) const {
  return key.of(view());
}

}  // namespace tillwatch::payment
