// What the journal stores: a record is one entry, the decision on it and the caller's key, under a sequence
// number. Called by the pipeline, replay, feed and projector. To the journal entry and decision are opaque
// bytes.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/strong.h"
#include "core/time.h"

namespace tillwatch::journal {

// The digest of a caller's idempotency key. Should be keyed or cryptographic, so that nobody can choose
// colliding ones.
struct Key128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  constexpr bool is_none() const { return high == 0 && low == 0; }
  friend constexpr auto operator<=>(const Key128&, const Key128&) = default;
};

// A record on its way in, or one lent by a Reader. The views belong to whoever made it.
struct Record {
  core::Sequence sequence;
  Key128 key;              // none: the record cannot be found by key
  std::string_view entry;  // at most core::limits::entry_bytes_max
  std::string_view
      decision;  // at most core::limits::decision_bytes_max; empty where the entry is not decided
  core::TimeMs admitted_at = 0;
  friend bool operator==(const Record&, const Record&) = default;
};

// A record with its own bytes.
struct OwnedRecord {
  core::Sequence sequence;
  Key128 key;
  std::string entry;
  std::string decision;
  core::TimeMs admitted_at = 0;
  friend bool operator==(const OwnedRecord&, const OwnedRecord&) = default;
};

inline OwnedRecord owned(const Record& r) {
  return {r.sequence, r.key, std::string(r.entry), std::string(r.decision), r.admitted_at};
}
inline Record view(const OwnedRecord& r) {
  return {r.sequence, r.key, r.entry, r.decision, r.admitted_at};
}

}  // namespace tillwatch::journal
