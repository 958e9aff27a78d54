// The queue in which passwords wait to be hashed, so that a crowd of strangers holds no page of a colleague
// up. Filled and emptied by the route of signing in; the real one is a thread of apps. Bounded: whoever finds
// it full is told to come again, before his try is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "access/password_hash.h"

namespace tillwatch::access {

inline constexpr std::size_t hash_jobs_max = 32;  // waiting, under way, and not fetched

struct HashJob {
  std::string stored;  // "" for a name that nobody has
  std::string password;
};
struct HashOutcome {
  bool right = false;
  std::string renewed;  // the password under today's parameters, where it is right and was weaker
};

// One job, now.
inline HashOutcome hashed(PasswordHash& hash, const HashJob& job) {
  HashOutcome outcome;
  outcome.right = hash.matches(job.stored, job.password);
  if (outcome.right && hash.outdated(job.stored)) outcome.renewed = hash.make(job.password).value_or("");
  return outcome;
}

class HashQueue {
 public:
  virtual ~HashQueue() = default;
  virtual bool room() = 0;
  // The job's ticket; nullopt where the queue is full. The password is wiped when it has been hashed.
  virtual std::optional<std::uint64_t> put(HashJob job) = 0;
  // nullopt while it waits; once it is given, the ticket is worth nothing.
  virtual std::optional<HashOutcome> take(std::uint64_t ticket) = 0;
  // Nobody will ask for it any more.
  virtual void drop(std::uint64_t ticket) = 0;
};

}  // namespace tillwatch::access
