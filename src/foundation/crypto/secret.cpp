#include "crypto/secret.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace tillwatch::crypto {

Secret::Secret(std::size_t size) : size_(size) {
  CHECK(sodium_init() >= 0);
  data_ = static_cast<std::byte*>(sodium_malloc(size == 0 ? 1 : size));
  CHECK(data_ != nullptr);
  std::fill_n(data_, size, std::byte{0});
}

Secret Secret::of(std::string_view bytes) {
  Secret secret(bytes.size());
  std::ranges::copy(std::as_bytes(std::span(bytes)), secret.data_);
  return secret;
}

Secret::~Secret() {
  sodium_free(data_);
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    sodium_free(data_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

std::string_view Secret::view() const {
  return {static_cast<const char*>(static_cast<const void*>(data_)), size_};
}

void wipe(void* data, std::size_t size) {
  sodium_memzero(data, size);
}

void wipe_stack() {
  sodium_stackzero(32 * 1024);
}

}  // namespace tillwatch::crypto
