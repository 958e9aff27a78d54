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
inline constexpr std::size_t event_values_max = 1024;      // members and elements of one event as it is sent
inline constexpr std::size_t entry_extra_count_max = 64;  // attributes that the product does not know by name
inline constexpr std::size_t entry_extra_name_bytes_max = 128;
inline constexpr std::size_t request_id_bytes_max = 128;

// Admission (architecture: event time outside this is kept raw, replaced and flagged).
inline constexpr DurationMs event_time_past_ms_max = 72 * hour_ms;
inline constexpr DurationMs event_time_future_ms_max = 5 * minute_ms;

// Windows.
inline constexpr std::uint32_t window_entries_per_key_default = 4096;
inline constexpr DurationMs window_length_ms_max = 400 * day_ms;
inline constexpr std::uint32_t window_entries_per_key_max = 65535;
inline constexpr std::uint32_t window_values_max = 64;    // n of previous_n and top_k_share
inline constexpr std::size_t window_features_max = 4096;  // of one policy
inline constexpr std::size_t window_columns_per_stream_max = 24;
inline constexpr std::size_t window_filters_per_stream_max = 40;  // with the columns at most 64 bits
inline constexpr std::size_t window_buckets_per_ring_max = 320;
inline constexpr std::uint64_t window_keys_default = 20'000'000;
inline constexpr std::uint64_t window_entries_default = 400'000'000;

// Journal.
inline constexpr std::uint64_t journal_segment_bytes_default = 64ull * 1024 * 1024;
inline constexpr std::uint64_t journal_segment_bytes_min = 8 * 1024;
inline constexpr std::uint64_t journal_segment_bytes_max = 1024ull * 1024 * 1024;
inline constexpr std::size_t journal_key_segments_default = 64;  // that know repeated requests
inline constexpr std::size_t bundle_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t snapshot_chunk_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t journal_batch_records_max = 4096;
inline constexpr std::size_t journal_batch_bytes_max = 8 * 1024 * 1024;

// The HTTP door.
inline constexpr std::size_t http_head_bytes_max = 16 * 1024;
inline constexpr std::size_t http_body_bytes_max = 64 * 1024;          // one event
inline constexpr std::size_t http_batch_body_bytes_max = 1024 * 1024;  // NDJSON batch
inline constexpr std::size_t http_batch_lines_max = 1000;
inline constexpr std::size_t http_pipeline_requests_max = 128;  // answered per connection and loop turn
inline constexpr std::size_t http_requests_share_max = 8;       // the same, where others are connected
inline constexpr std::size_t http_connections_max = 4096;
inline constexpr std::size_t http_connections_per_address_max = 2048;
inline constexpr std::size_t http_connections_refused_max = 64;  // beyond the cap, while they read their 503
inline constexpr std::size_t http_target_bytes_max = 4096;
inline constexpr std::size_t http_fields_max = 64;
inline constexpr std::size_t http_chunk_line_bytes_max = 4096;          // a chunk's size line, or the trailer
inline constexpr std::size_t http_read_bytes_per_turn_max = 64 * 1024;  // of one connection and loop turn
inline constexpr std::size_t http_requests_per_turn_max = 4096;         // of all connections in one loop turn
inline constexpr std::size_t http_handshakes_per_turn_max = 4;       // TLS handshake steps in one loop turn
inline constexpr std::size_t http_linger_bytes_max = 256 * 1024;     // read and dropped after the last answer
inline constexpr std::size_t http_linger_bytes_at_once = 16 * 1024;  // of these without a pause
inline constexpr DurationMs http_linger_pause_ms = 5;  // then a read of four connections, a pause, ...
inline constexpr std::size_t http_linger_reads_max = 4;
inline constexpr DurationMs http_linger_time_ms_max = 2 * second_ms;
inline constexpr DurationMs http_handshake_time_ms_max = 5 * second_ms;
inline constexpr DurationMs http_stop_time_ms_max = 10 * second_ms;  // graceful stop
inline constexpr std::size_t http_write_bytes_min = 64 * 1024;       // progress a reader owes per write time
inline constexpr DurationMs http_head_time_ms_max = 5 * second_ms;
inline constexpr DurationMs http_body_time_ms_max = 10 * second_ms;
inline constexpr DurationMs http_idle_time_ms_max = 120 * second_ms;
inline constexpr DurationMs http_write_time_ms_max = 30 * second_ms;
inline constexpr std::size_t http_output_bytes_max = 4 * 1024 * 1024;  // unsent answers of one connection
inline constexpr DurationMs http_deadline_ms_default = 300;
inline constexpr DurationMs http_batch_deadline_ms_default = 30 * second_ms;
inline constexpr DurationMs http_deadline_ms_max = 60 * second_ms;
inline constexpr std::size_t api_batch_events_max = 1024;                     // decided and synced together
inline constexpr std::size_t api_batch_bytes_in_hand_max = 64 * 1024 * 1024;  // not answered yet
inline constexpr std::size_t api_keys_max = 1000;  // in the file of API keys, revoked and expired ones too
inline constexpr std::size_t feed_page_default = 100;
inline constexpr std::size_t feed_page_max = 1000;
inline constexpr std::size_t feed_page_bytes_max = 1024 * 1024;
inline constexpr std::size_t feed_scan_max = 10'000;  // records looked at for one page

// JSON.
inline constexpr std::size_t json_depth_max = 16;
inline constexpr std::size_t json_string_bytes_max = 1024;
inline constexpr std::size_t json_members_max = 256;    // of one object
inline constexpr std::size_t json_elements_max = 4096;  // of one array

// Expressions (decision/cel).
inline constexpr std::size_t cel_source_bytes_max = 64 * 1024;
inline constexpr std::uint32_t cel_nesting_max = 200;         // height of the syntax tree
inline constexpr std::uint32_t cel_literal_items_max = 4096;  // items of one list or map in the source
inline constexpr std::uint32_t cel_list_items_max = 100'000;  // of a list or map made by evaluation
inline constexpr std::uint64_t cel_instructions_default = 1'000'000;  // of one evaluation
inline constexpr std::size_t cel_arena_bytes_default = 1024 * 1024;   // of one evaluation
inline constexpr std::uint32_t cel_value_depth_max = 256;  // lists in lists, when compared or printed

// Policies.
inline constexpr std::size_t policy_outcome_code_bytes_max = 8;
inline constexpr std::size_t policy_packs_max = 5;              // that build on each other
inline constexpr std::size_t scenario_bytes_max = 1024 * 1024;  // one file

// Row files (replay and import).
inline constexpr std::size_t row_bytes_max = 256 * 1024;       // one row, line breaks inside quotes included
inline constexpr std::size_t row_field_bytes_max = 16 * 1024;  // one field, unquoted
inline constexpr std::size_t row_columns_max = 1024;
inline constexpr std::size_t row_inputs_max = 512;         // files of one replay or import
inline constexpr std::size_t mapping_emits_max = 16;       // entries that one row may become
inline constexpr std::size_t mapping_text_map_max = 4096;  // lines of one text map
inline constexpr DurationMs mapping_offset_ms_max = 400 * day_ms;
inline constexpr std::size_t held_bytes_max_default = 1024ull * 1024 * 1024;  // entries that wait
inline constexpr std::size_t sort_bytes_default = 256 * 1024 * 1024;          // memory of --sort
inline constexpr std::size_t sort_bytes_min = 1024 * 1024;

}  // namespace tillwatch::core::limits
