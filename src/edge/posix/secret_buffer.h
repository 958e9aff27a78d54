// Memory for keys: locked in RAM, left out of core images, not inherited by child processes, wiped when it
// goes. Called by apps and the card door's key file reader. Never copies, never prints.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch::posix {

class SecretBuffer {
 public:
  // Zeroed memory of `size` bytes (1 to 1 MiB). Error `limit` where the memory cannot be locked: there is no
  // weaker form.
  static core::Result<SecretBuffer> allocate(std::size_t size);
  ~SecretBuffer();
  SecretBuffer(SecretBuffer&& other) noexcept;
  SecretBuffer& operator=(SecretBuffer&& other) noexcept;
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;

  std::span<std::byte> bytes() { return {data_, size_}; }
  std::string_view view() const;
  std::size_t size() const { return size_; }
  // Makes the buffer end earlier; the rest is wiped.
  void shrink(std::size_t size);

 private:
  SecretBuffer(std::byte* data, std::size_t size, std::size_t mapped)
      : data_(data), size_(size), mapped_(mapped) {}
  void release();
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;
};

// Reads a key file (at most 64 KiB) without leaving a copy elsewhere. Refused (denied) unless it is a regular
// file that belongs to this user or to root and gives no right to group or others.
core::Result<SecretBuffer> read_secret_file(const std::string& path);

}  // namespace tillwatch::posix
