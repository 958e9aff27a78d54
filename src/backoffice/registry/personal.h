// Personal values: names of persons, phones, identity numbers, account numbers. How they are written alike,
// what of them is shown, and how they lie sealed in the store and are still found. Called by the registry
// only. Never hands a clear value to anybody but who asked for it by open().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "crypto/data_keys.h"
#include "ports/random.h"
#include "registry/entity.h"

namespace tillwatch::registry {

// The one form of a value: digits without spaces and dashes, +86 taken off a phone. Errors: invalid (the
// detail says what is expected; it never repeats the value).
core::Result<std::string> normalised(Personal kind, std::string_view text);

// What a screen shows without further right: 王**, 138****1234, 622848******1234, 110***********1234.
std::string masked(Personal kind, std::string_view value);

// Where a personal field stands in the store.
struct Place {
  Entity entity;
  std::string_view id;
  const Field& field;
};

struct Tag {
  std::string_view form;  // "whole" or "last4"
  std::string tag;
};

// Seals, opens and tags. `keys` and `random` outlive it.
class Vault {
 public:
  Vault(const crypto::DataKeys& keys, ports::Random& random) : keys_(keys), random_(random) {}

  std::string seal(const Place& place, std::string_view value) const;
  // Errors: as DataKeys::open.
  core::Result<std::string> open(const Place& place, std::string_view box) const;
  // Under the current key: what is stored beside a value.
  std::vector<Tag> tags_of(Personal kind, std::string_view value) const;
  // Under all keys: what a search for this text looks for. None where the text can be no such value.
  std::vector<std::string> wanted(Personal kind, std::string_view text) const;
  std::uint32_t current_key() const { return keys_.current(); }

 private:
  const crypto::DataKeys& keys_;
  ports::Random& random_;
};

}  // namespace tillwatch::registry
