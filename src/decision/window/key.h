// The key of a stream as the store keeps it: 64 bits that stand for the tuple, and the hash that finds it.
// Called by the store. One integer stands for itself; any other tuple by a keyed 64-bit fingerprint beside
// the hash's 32 bits, so that no outsider can make two keys meet and chance does so less than once in 2^96
// pairs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "window/scalar.h"

namespace tillwatch::window {

struct KeyId {
  std::uint64_t id = 0;
  std::uint64_t hash = 0;
};

class KeyMaker {
 public:
  explicit KeyMaker(const crypto::SipKey& key);
  // Nothing where one of the attributes is absent. `attributes` has every index in `key`.
  std::optional<KeyId> make(std::span<const std::uint16_t> key, std::span<const Scalar> attributes);
  // What stands for a text in a column that is only compared.
  std::uint64_t text_hash(std::string_view text) const { return crypto::siphash(text_key_, text); }

 private:
  crypto::SipKey index_key_;
  crypto::SipKey id_key_;
  crypto::SipKey text_key_;
  std::string bytes_;  // scratch
};

}  // namespace tillwatch::window
