// The bounds and times of the HTTP door as one value: the defaults of core/limits.h, or what the
// configuration says. Handed to Server by apps. Times are monotonic milliseconds.
#pragma once

#include "core/limits.h"
#include "http/parser.h"

namespace tillwatch::http {

struct Limits {
  ParserBounds parser;
  std::size_t pipeline_requests_max =
      core::limits::http_pipeline_requests_max;                        // unanswered, of one connection
  std::size_t output_bytes_max = core::limits::http_output_bytes_max;  // unsent: beyond it reading stops
  std::size_t stream_bytes_max = 256 * 1024;  // unsent of one stream: its reader has to catch up
  std::size_t linger_bytes_max = core::limits::http_linger_bytes_max;
  // Who sends on behind a refusal is read so slowly that nobody else feels it.
  std::size_t linger_bytes_at_once = core::limits::http_linger_bytes_at_once;
  core::DurationMs linger_pause_ms = core::limits::http_linger_pause_ms;
  std::size_t linger_reads_max = core::limits::http_linger_reads_max;
  std::size_t write_bytes_min = core::limits::http_write_bytes_min;
  core::DurationMs head_time_ms_max = core::limits::http_head_time_ms_max;
  core::DurationMs body_time_ms_max = core::limits::http_body_time_ms_max;
  core::DurationMs idle_time_ms_max = core::limits::http_idle_time_ms_max;
  core::DurationMs write_time_ms_max = core::limits::http_write_time_ms_max;
  core::DurationMs linger_time_ms_max = core::limits::http_linger_time_ms_max;
  core::DurationMs handshake_time_ms_max = core::limits::http_handshake_time_ms_max;
  core::DurationMs stop_time_ms_max = core::limits::http_stop_time_ms_max;
  std::size_t connections_max = core::limits::http_connections_max;
  std::size_t connections_per_address_max = core::limits::http_connections_per_address_max;
  std::size_t connections_refused_max = core::limits::http_connections_refused_max;
  std::size_t read_bytes_per_turn_max = core::limits::http_read_bytes_per_turn_max;
  // Of one connection and turn, where it is not the only one: who pipelines without end must not hold up the
  // one request of another. Alone it may fill a batch.
  std::size_t requests_share_max = core::limits::http_requests_share_max;
  std::size_t requests_per_turn_max = core::limits::http_requests_per_turn_max;
  std::size_t handshakes_per_turn_max = core::limits::http_handshakes_per_turn_max;
};

}  // namespace tillwatch::http
