// What a record of the journal adds to sums by the hour, and how its texts are written. Called by whoever
// keeps such sums: the projector's own, and those of agents. Two that count the same must do so by one rule,
// or what one adds the other takes away wrongly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"
#include "relay/projector.h"

namespace tillwatch::relay {

// Of decisions on transactions. What the policy asked for, in agent mode too.
struct Sums {
  std::int64_t count = 0, amount = 0, challenged = 0, declined = 0, held = 0, fired = 0;

  void add(const Sums& other, std::int64_t times = 1) {
    count += times * other.count;
    amount += times * other.amount;
    challenged += times * other.challenged;
    declined += times * other.declined;
    held += times * other.held;
    fired += times * other.fired;
  }
};

// The record has a decision, on a transaction.
Sums sums_of(const ProjectedRecord& record);

// Of admission.
constexpr core::TimeMs hour_of(core::TimeMs time) {
  return time - time % core::hour_ms;
}

// Whether both engines take the text as it is: UTF-8 without NUL.
bool is_storable(std::string_view text);
// As the text is written where they do not: what is not ASCII, and NUL, is U+FFFD byte by byte.
std::string storable(std::string_view text);

}  // namespace tillwatch::relay
