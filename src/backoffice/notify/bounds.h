// The bounds of what leaves the house. Read by the other files of this folder and their tests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace tillwatch::notify {

inline constexpr std::size_t webhooks_max = 20;
inline constexpr std::size_t mail_receivers_max = 100;
inline constexpr std::size_t secrets_alive_max = 3;
inline constexpr std::size_t message_bytes_max = 16 * 1024;
inline constexpr std::int64_t waiting_max = 10'000;  // messages of one webhook; more are counted, not made
inline constexpr core::DurationMs keep_settled_ms = 30 * core::day_ms;  // in the log of deliveries
inline constexpr core::DurationMs keep_waiting_ms = 7 * core::day_ms;   // where the webhook is off meanwhile
inline constexpr core::DurationMs old_secret_ms_max = 30 * core::day_ms;

// What Standard Webhooks proposes: at once, then after these; up to a fifth is added by chance. Together
// some three days.
inline constexpr std::array<core::DurationMs, 9> retry_ms = {
    5 * core::second_ms, 5 * core::minute_ms, 30 * core::minute_ms, 2 * core::hour_ms, 5 * core::hour_ms,
    10 * core::hour_ms,  14 * core::hour_ms,  20 * core::hour_ms,   24 * core::hour_ms};
inline constexpr std::int64_t tries_max = static_cast<std::int64_t>(retry_ms.size()) + 1;

}  // namespace tillwatch::notify
