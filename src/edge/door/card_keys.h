// The keys that turn card numbers into references: numbered epochs of 32 random bytes, one current, at most
// one previous during a rotation (docs/formats/keys.md). Called by the door and by `tillwatch admin key`.
// Pure: the file itself, with its rights, is the caller's business. Keys live in locked memory and leave only
// through file_text().
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
#include "payment/pan.h"
#include "ports/random.h"

namespace tillwatch::door {

class CardKeys {
 public:
  enum class State : std::uint8_t {
    current,   // makes references
    previous,  // makes the second reference, so that the engine knows both for one card
    retired,   // its key is gone
  };
  struct Epoch {
    std::uint32_t number = 0;  // 1, 2, 3, ...
    State state = State::current;
    core::TimeMs created = 0;
    core::TimeMs overlap_until = 0;  // previous: not to be retired before; else 0
  };

  // A set with one epoch.
  static CardKeys generate(ports::Random& random, core::TimeMs now);
  // Errors: invalid (not such a file; the line is named), corrupt (the checksum does not fit),
  // unsupported (a newer version).
  static core::Result<CardKeys> parse(std::string_view file_text);
  // What parse reads. Holds the keys.
  crypto::Secret file_text() const;

  // Adds an epoch, which becomes current; the present one stays as previous until `now + overlap` at least.
  // Errors: conflict (there is a previous one still), invalid (no overlap, or more than 10 years).
  core::Status rotate(ports::Random& random, core::TimeMs now, core::DurationMs overlap);
  // Destroys the previous epoch's key. Errors: not_found (none is previous), conflict (the overlap runs).
  core::Status retire(core::TimeMs now);

  std::span<const Epoch> epochs() const { return epochs_; }

  // "pan/EPOCH:" and the first 128 bits of HMAC-SHA-256 of the digits, in hexadecimal.
  std::string reference(const payment::Pan& pan) const;
  // The same under the previous epoch; nullopt where there is none.
  std::optional<std::string> previous_reference(const payment::Pan& pan) const;

 private:
  struct ActiveKey {
    std::uint32_t epoch;
    crypto::Secret key;
    crypto::HmacSha256 mac;
  };
  CardKeys() = default;
  void activate(std::uint32_t epoch, crypto::Secret key);
  const ActiveKey* active(State state) const;
  core::Status read_epoch(std::string_view line, std::size_t number);

  std::vector<Epoch> epochs_;      // by number, ascending
  std::vector<ActiveKey> active_;  // current and previous
};

std::string_view name_of(CardKeys::State state);

}  // namespace tillwatch::door
