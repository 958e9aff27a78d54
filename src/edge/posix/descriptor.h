// A file descriptor with one owner, and the retry that every system call needs. Called inside edge/posix
// only. Never looks at what the descriptor is.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "core/error.h"

namespace tillwatch::posix {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  // Hands the descriptor to another owner.
  int release() { return std::exchange(fd_, -1); }
  // Linux frees the descriptor even where close() reports EINTR: it must not be called again.
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

// Repeats a call that a signal interrupted.
template <class Call>
auto retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

// "open failed: No such file or directory (ENOENT)" with a code that says how to react: not_found, conflict
// (exists or held), denied, limit (no space, quota, descriptors) or io.
std::unexpected<core::Error> fail_errno(int error, std::string where, const std::string& action);

}  // namespace tillwatch::posix
