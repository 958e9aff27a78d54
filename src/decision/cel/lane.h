// What is known about one predicate or one combination of predicates at an event: an octet that holds the
// issue's two planes (value, known) in the form in which && and || are one instruction each. Called by
// RuleSet and its parts.
#pragma once

#include <cstdint>

namespace tillwatch::cel {

// Bit 0: certainly true. Bit 1: not certainly false. So & and | of these bits are the && and || of the
// language, which absorb errors and unknowns: false && error is false. What is neither true nor false is
// undetermined: because the variable is absent, or for another reason, which bit 3 tells: an error, an
// unknown, or not looked at yet (bit 2).
using Lane = std::uint8_t;

inline constexpr Lane lane_false = 0;
inline constexpr Lane lane_absent = 2;
inline constexpr Lane lane_true = 3;
inline constexpr Lane lane_failed = 10;
inline constexpr Lane lane_untried = 14;
inline constexpr Lane answer_bits = 3;
inline constexpr Lane untried_bit = 4;
inline constexpr Lane open_bit = 8;

constexpr Lane lane_of(bool truth) {
  return truth ? lane_true : lane_false;
}

// Lanes are laid out in blocks; the first block holds the constants.
inline constexpr std::uint32_t lane_block = 16;
inline constexpr std::uint32_t open_at = 0;
inline constexpr std::uint32_t true_at = 1;
inline constexpr std::uint32_t false_at = 2;

}  // namespace tillwatch::cel
