// The bounds of the back office, apart from those of the deciding path (limits.h) so that a change here
// compiles little. Called by whoever enforces one; each has a test at the limit and one past it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace tillwatch::core::limits {

// Relay.
inline constexpr std::size_t act_detail_bytes_max = 16 * 1024;
inline constexpr std::size_t act_kind_bytes_max = 64;
inline constexpr std::size_t act_name_bytes_max = 256;  // actor, subject
inline constexpr std::size_t relay_acts_at_once = 64;   // handed to the engine thread in one go
inline constexpr DurationMs service_stop_ms_max = 10 * second_ms;
inline constexpr std::size_t retention_rows_at_once = 200;
inline constexpr DurationMs keep_decisions_ms_default = 400 * day_ms;
inline constexpr DurationMs keep_decisions_ms_min = day_ms;
inline constexpr std::size_t projector_rows_max = 100;              // records in one transaction
inline constexpr std::size_t projector_rows_far_behind_max = 2000;  // and where many more wait

// Desk: the pages people see.
inline constexpr std::size_t desk_body_bytes_max = 1024 * 1024;  // a policy pack may come in one request
inline constexpr std::size_t desk_page_rows_max = 200;
inline constexpr std::size_t desk_page_rows_default = 50;
inline constexpr std::size_t export_rows_max = 10'000;   // of one file
inline constexpr std::size_t export_rows_at_once = 500;  // put together before others get their answers
inline constexpr std::size_t export_looked_at_once = 1000;
inline constexpr std::size_t export_bytes_max = 16 * 1024 * 1024;  // of one file: it ends early, and says so
inline constexpr std::size_t exports_max = 4;                      // of all people at once
inline constexpr std::size_t exports_of_account_max = 2;
inline constexpr std::size_t streams_max = 64;            // of all people at once
inline constexpr std::size_t streams_of_account_max = 4;  // pages that one person has open
inline constexpr std::size_t desk_text_bytes_max = 4000;  // one note or reason that a person writes

}  // namespace tillwatch::core::limits
