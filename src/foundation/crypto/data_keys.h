// The keys that personal fields of the back office are sealed under (docs/formats/data-keys.md): numbered,
// one current, earlier ones kept for opening until everything was sealed anew. XChaCha20-Poly1305 seals; a
// keyed hash makes the tags by which a sealed value is still found. Called by registry and whoever keeps
// personal data in SQL. Pure: the file itself, with its rights, is the caller's business.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "ports/random.h"

namespace tillwatch::crypto {

class DataKeys {
 public:
  enum class State : std::uint8_t {
    current,   // seals and opens
    previous,  // opens
    retired,   // its key is gone: what was sealed under it cannot be opened
  };
  struct Key {
    std::uint32_t number = 0;  // 1, 2, 3, ...
    State state = State::current;
    core::TimeMs created = 0;
  };

  // A set with one key.
  static DataKeys generate(ports::Random& random, core::TimeMs now);
  // Errors: invalid (not such a file; the line is named), corrupt (the checksum does not fit), unsupported (a
  // newer version).
  static core::Result<DataKeys> parse(std::string_view file_text);
  // What parse reads. Holds the keys.
  Secret file_text() const;

  // Adds a key, which becomes current; the present one goes on opening. Errors: limit (100 keys).
  core::Status rotate(ports::Random& random, core::TimeMs now);
  // Destroys a previous key. To be called once nothing is sealed under it any more. Errors: not_found.
  core::Status retire(std::uint32_t number);

  std::span<const Key> keys() const { return keys_; }
  std::uint32_t current() const;

  // Seals under the current key. `context` names the place ("person:ID:phone"): the box opens nowhere else,
  // so that nobody can exchange two of them.
  std::string seal(std::string_view content, std::string_view context, ports::Random& random) const;
  // Errors: denied (altered, or from another place), not_found (its key is retired or of another
  // installation), corrupt (no such box).
  core::Result<std::string> open(std::string_view box, std::string_view context) const;
  // The number of the key that a box was sealed under; 0 where it is none.
  static std::uint32_t key_of(std::string_view box);

  // A keyed hash of a value: "NUMBER:" and 32 hexadecimal digits. `domain` separates kinds of values: equal
  // phones have equal tags, a phone and an account number with equal digits do not.
  std::string tag(std::string_view domain, std::string_view value) const;
  // The same under every key that is not retired, the current one first: what a search looks for.
  std::vector<std::string> tags(std::string_view domain, std::string_view value) const;

 private:
  struct ActiveKey {
    std::uint32_t number;
    Secret key;      // as it stands in the file
    Secret sealing;  // derived
    HmacSha256 tagging;
  };
  DataKeys() = default;
  void activate(std::uint32_t number, Secret key);
  const ActiveKey* active(std::uint32_t number) const;
  core::Status read_key(std::string_view line, std::size_t number);

  std::vector<Key> keys_;          // by number, ascending
  std::vector<ActiveKey> active_;  // by number, ascending
};

std::string_view name_of(DataKeys::State state);

}  // namespace tillwatch::crypto
