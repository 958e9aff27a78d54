// What a record of the journal adds to sums by the hour. Called by whoever
// keeps such sums: the projector's own, and those of agents. Two that count the same must do so by one rule,
// or what one adds the other takes away wrongly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"
#include "relay/projector.h"
#include "sql/database.h"

namespace tillwatch::relay {

// Sums of amounts end here, either side: traffic may name 10^15 minor units ten thousand times, and a sum
// that no longer fits would stop the projection for good. What was capped can no longer be taken apart again.
inline constexpr std::int64_t sum_most = 9'000'000'000'000'000'000;
constexpr std::int64_t capped_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return a < 0 ? -sum_most : sum_most;
  return sum > sum_most ? sum_most : sum < -sum_most ? -sum_most : sum;
}
// Two columns that tell the sum of a column of amounts where the database could not (the sum of none is 0),
// and how they are read from `first` on.
std::string sum_columns(std::string_view column);
std::int64_t read_sum(const sql::Row& row, std::size_t first);
// The new value of a column to which `added` is added.
std::string capped_addition(std::string_view column, std::string_view added);

// Of decisions on transactions. What the policy asked for, in agent mode too.
struct Sums {
  std::int64_t count = 0, amount = 0, challenged = 0, declined = 0, held = 0, fired = 0;

  void add(const Sums& other, std::int64_t times = 1) {
    count += times * other.count;
    amount = capped_sum(amount, times * other.amount);
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

}  // namespace tillwatch::relay
