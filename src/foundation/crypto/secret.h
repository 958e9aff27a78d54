// Memory for keys and passphrases: locked, left out of core images, between guard pages, wiped when released
// (libsodium's secure heap). Called by who holds a key. Never copies; never becomes a string.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tillwatch::crypto {

class Secret {
 public:
  // `size` zero bytes, 0 allowed. Ends the process where there is no memory.
  explicit Secret(std::size_t size);
  static Secret of(std::string_view bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::size_t size() const { return size_; }
  std::span<std::byte> bytes() { return {data_, size_}; }
  // Borrowed: valid while the secret lives. Not to be copied into ordinary memory.
  std::string_view view() const;

 private:
  std::byte* data_ = nullptr;  // owned; from sodium_malloc
  std::size_t size_ = 0;
};

// Overwrites with zeros; never optimised away.
void wipe(void* data, std::size_t size);
// Overwrites the part of the stack that calls made from here have used and left: 32 KiB.
void wipe_stack();

}  // namespace tillwatch::crypto
