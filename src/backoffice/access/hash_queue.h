// The queue in which passwords wait to be hashed, so that a crowd of strangers holds no page of a colleague
// up. Filled and emptied by the routes of signing in, arriving and changing one's password; the real one is a
// thread of apps. Bounded: whoever finds it full is told to come again, before his try is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "access/password_hash.h"
#include "crypto/secret.h"

namespace tillwatch::access {

inline constexpr std::size_t hash_jobs_max = 32;  // waiting, under way, and not fetched

// Whichever way it ends or moves, no place that it was in holds a password any more.
struct HashJob {
  std::string stored = {};  // "" for a name that nobody has
  std::string password = {};
  std::string wanted = {};   // a new password, to be hashed where `password` is right; "": none
  bool only_wanted = false;  // there is nothing to compare: a link let its bearer in

  HashJob() = default;
  HashJob(std::string stored_text, std::string_view shown)
      : stored(std::move(stored_text)), password(shown) {}
  ~HashJob() { forget(); }
  HashJob(const HashJob&) = delete;
  HashJob& operator=(const HashJob&) = delete;
  HashJob(HashJob&& other) noexcept { *this = std::move(other); }
  HashJob& operator=(HashJob&& other) noexcept {
    if (this == &other) return *this;
    forget();
    stored = std::move(other.stored);
    password.assign(other.password);  // copied and wiped: a move would leave a short one behind
    wanted.assign(other.wanted);
    only_wanted = other.only_wanted;
    other.forget();
    return *this;
  }
  void forget() noexcept {
    for (std::string* text : {&password, &wanted}) {
      text->resize(text->capacity());  // what a longer one left as well
      crypto::wipe(text->data(), text->size());
      text->clear();
    }
  }
};
struct HashOutcome {
  bool right = false;        // true too where nothing was to compare
  std::string renewed = {};  // the password under today's parameters, where it is right and was weaker
  std::string made = {};  // of the wanted one; "" where it was not to be made, or there was no memory for it
};

// One job, now.
inline HashOutcome hashed(PasswordHash& hash, const HashJob& job) {
  HashOutcome outcome;
  outcome.right = job.only_wanted || hash.matches(job.stored, job.password);
  if (!outcome.right) return outcome;
  if (!job.wanted.empty())
    outcome.made = hash.make(job.wanted).value_or("");
  else if (hash.outdated(job.stored))
    outcome.renewed = hash.make(job.password).value_or("");
  return outcome;
}

class HashQueue {
 public:
  virtual ~HashQueue() = default;
  virtual bool room() = 0;
  // The job's ticket; nullopt where the queue is full. Passwords are wiped when they have been hashed.
  virtual std::optional<std::uint64_t> put(HashJob job) = 0;
  // nullopt while it waits; once it is given, the ticket is worth nothing.
  virtual std::optional<HashOutcome> take(std::uint64_t ticket) = 0;
  // Nobody will ask for it any more.
  virtual void drop(std::uint64_t ticket) = 0;
};

}  // namespace tillwatch::access
