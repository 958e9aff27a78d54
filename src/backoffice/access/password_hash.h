// Passwords as argon2id hashes, behind a port, because a hash takes tens of milliseconds and 19 MiB: tests
// count and fake it. Called by sign-in only. Never stores or logs a password.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch::access {

class PasswordHash {
 public:
  virtual ~PasswordHash() = default;
  // The text to be stored; it names its own parameters. Errors: limit (no memory for it).
  virtual core::Result<std::string> make(std::string_view password) = 0;
  // Takes the same time for a stored text that is "" (an account that does not exist): false.
  virtual bool matches(std::string_view stored, std::string_view password) = 0;
  // Whether the stored text has weaker parameters than make() would use now.
  virtual bool outdated(std::string_view stored) = 0;
};

// libsodium's argon2id: 19 MiB, two passes (OWASP's least for one lane).
class Argon2id final : public PasswordHash {
 public:
  Argon2id();
  core::Result<std::string> make(std::string_view password) override;
  bool matches(std::string_view stored, std::string_view password) override;
  bool outdated(std::string_view stored) override;

 private:
  std::string nobody_;  // of a password that nobody has
};

}  // namespace tillwatch::access
