// Every bound of the product in one place, with its unit. Called by whoever enforces one; each has a test at
// the limit and one past it. A bound that a site may change is a default here and a setting in the
// configuration; the rest are fixed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace tillwatch::core::limits {

// The entry.
inline constexpr std::size_t entry_bytes_max = 64 * 1024;
inline constexpr std::size_t decision_bytes_max = 256 * 1024;
inline constexpr std::size_t entry_text_bytes_max = 1024;  // one attribute's text
inline constexpr std::size_t entry_extra_count_max = 64;  // attributes that the product does not know by name
inline constexpr std::size_t entry_extra_name_bytes_max = 128;
inline constexpr std::size_t request_id_bytes_max = 128;

// Admission (architecture: event time outside this is kept raw, replaced and flagged).
inline constexpr DurationMs event_time_past_ms_max = 72 * hour_ms;
inline constexpr DurationMs event_time_future_ms_max = 5 * minute_ms;

// Windows.
inline constexpr std::uint32_t window_entries_per_key_default = 4096;
inline constexpr DurationMs window_length_ms_max = 400 * day_ms;

// Journal.
inline constexpr std::uint64_t journal_segment_bytes_default = 64ull * 1024 * 1024;
inline constexpr std::size_t journal_batch_records_max = 4096;
inline constexpr std::size_t journal_batch_bytes_max = 8 * 1024 * 1024;

// The HTTP door.
inline constexpr std::size_t http_head_bytes_max = 16 * 1024;
inline constexpr std::size_t http_body_bytes_max = 64 * 1024;          // one event
inline constexpr std::size_t http_batch_body_bytes_max = 1024 * 1024;  // NDJSON batch
inline constexpr std::size_t http_batch_lines_max = 1000;
inline constexpr std::size_t http_pipeline_requests_max = 128;  // answered per connection and loop turn
inline constexpr std::size_t http_connections_max = 4096;
inline constexpr std::size_t http_connections_per_address_max = 2048;
inline constexpr DurationMs http_head_time_ms_max = 5 * second_ms;
inline constexpr DurationMs http_body_time_ms_max = 10 * second_ms;
inline constexpr DurationMs http_idle_time_ms_max = 120 * second_ms;
inline constexpr DurationMs http_write_time_ms_max = 30 * second_ms;
inline constexpr std::size_t http_output_bytes_max = 4 * 1024 * 1024;  // unsent answers of one connection
inline constexpr DurationMs http_deadline_ms_default = 300;
inline constexpr DurationMs http_deadline_ms_max = 60 * second_ms;
inline constexpr std::size_t feed_page_default = 100;
inline constexpr std::size_t feed_page_max = 1000;

// JSON.
inline constexpr std::size_t json_depth_max = 16;
inline constexpr std::size_t json_string_bytes_max = 1024;
inline constexpr std::size_t json_members_max = 256;

}  // namespace tillwatch::core::limits
