// How often a test of random streams goes round: the whole number where the code runs as it is, a fifth of it
// under a sanitizer, where each round takes ten times as long and the question is memory, not arithmetic. In
// the long mode always the whole number. Never asked by the product, nor where a test wants a certain number
// of cases to have come up.
#pragma once

#include <cstdint>

#include "sim/long_mode.h"

namespace tillwatch::sim {

// Clang says it by a feature, GCC by a macro.
#if defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

// At least 1, where `full` is.
inline std::uint64_t rounds(std::uint64_t full) {
  return sanitized && !long_mode() ? (full + 4) / 5 : full;
}

}  // namespace tillwatch::sim
