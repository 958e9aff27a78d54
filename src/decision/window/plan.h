// From feature definitions to streams: features over the same kinds, key and budget share the entries they
// look at. Called by the engine when a policy is loaded; read by Store. The semantics of every aggregate:
// docs/windows.md. Never evaluates an expression: filters and values are indexes into what the engine
// computes for an entry.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/check.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/time.h"

namespace tillwatch::window {

enum class Aggregate : std::uint8_t {
  count,                // integer: entries that pass the filter (and have the value, where one is named)
  sum,                  // integer
  mean,                 // real: sum / count, rounded once
  stddev,               // real: of the sample (n - 1)
  minimum,              // integer
  maximum,              // integer
  distinct,             // integer: different values
  share_of_first_seen,  // real: part of the window's entries whose value does not occur earlier within
                        // history_ms
  first,                // integer or text: of the oldest entry in the window
  last,                 // integer or text: of the newest entry before the deciding one
  previous_n,           // list of up to n values before the deciding entry, newest first
  time_since_last,      // integer, ms: from the newest entry before the deciding one
  top_k_share,          // real: part of the weight (or count) that the n heaviest values have
  share,                // real: filter-and-within over within, by count or by the sum of the value
};

enum class WindowKind : std::uint8_t { sliding, local_day, local_month };

struct WindowSpec {
  WindowKind kind = WindowKind::sliding;
  core::DurationMs length_ms = 0;       // sliding: 1..window_length_ms_max
  std::int32_t utc_offset_minutes = 0;  // local_day, local_month: -1440..1440
  friend bool operator==(const WindowSpec&, const WindowSpec&) = default;
};

enum class Mode : std::uint8_t { exact, bucketed };
enum class ValueType : std::uint8_t { integer, text };

using FeatureId = std::array<std::uint64_t, 2>;  // the hash of the definition, given by the policy

inline constexpr std::size_t key_attributes_max = 4;

struct FeatureDefinition {
  FeatureId id{};
  std::uint32_t kinds = 0;              // bit per entry kind; at least one
  std::vector<std::uint16_t> key;       // 1..4 attribute indexes, in the policy's order
  std::optional<std::uint16_t> filter;  // filter index
  std::optional<std::uint16_t> within;  // share only: the filter of the whole
  std::optional<std::uint16_t> value;   // value index
  ValueType value_type = ValueType::integer;
  std::optional<std::uint16_t> weight;  // top_k_share only: value index of an integer
  Aggregate aggregate = Aggregate::count;
  WindowSpec window;
  core::DurationMs history_ms = 0;  // share_of_first_seen only: >= the window
  Mode mode = Mode::exact;          // bucketed: count, sum, mean, minimum, maximum, share
  std::uint32_t budget =
      core::limits::window_entries_per_key_default;  // entries a key, 1..window_entries_per_key_max
  std::uint32_t n = 1;                               // previous_n, top_k_share: 1..window_values_max
  bool expendable = false;  // its keys may be refused at the cap before others are evicted (pairs, IPs)
  std::optional<std::int64_t>
      empty_value;  // known with this value where it would be empty (integer and real only)
};

// A column of a stream's entries. Text is kept as a keyed hash where only equality matters, whole where it is
// shown.
struct ColumnPlan {
  enum class Kind : std::uint8_t { integer, text_hash, text };
  Kind kind = Kind::integer;
  std::uint16_t value = 0;    // value index
  std::uint8_t presence = 0;  // bit of the entry's bits that says whether it has the value
  friend bool operator==(const ColumnPlan&, const ColumnPlan&) = default;
};

inline constexpr std::uint16_t no_column = 0xffff;
inline constexpr std::uint16_t no_ring = 0xffff;

// Count, sum, extremes and squares over the entries whose bits contain `mask`; features that need the same
// share them.
struct MomentsPlan {
  std::uint64_t mask = 0;
  std::uint16_t column = no_column;
  bool extremes = false;
  bool squares = false;
  std::vector<std::uint16_t> windows;  // into StreamPlan::windows
};

// Buckets for one moments group and one window.
struct RingPlan {
  std::uint16_t moments = 0;
  std::uint16_t window = 0;
  core::DurationMs bucket_ms = 1;
};

struct StreamPlan {
  std::uint32_t kinds = 0;
  std::vector<std::uint16_t> key;
  std::uint32_t budget = 0;
  bool expendable = false;
  core::DurationMs span_ms = 0;        // the longest look back of any feature
  std::vector<std::uint16_t> filters;  // filter index of bit 0, 1, ...
  std::vector<ColumnPlan> columns;     // integers, then text hashes, then texts
  std::vector<WindowSpec> windows;     // distinct
  std::vector<MomentsPlan> moments;
  std::vector<RingPlan> rings;
};

struct FeaturePlan {
  FeatureDefinition definition;
  std::uint16_t stream = 0;
  std::uint16_t window = 0;  // into StreamPlan::windows
  std::uint64_t mask = 0;    // bits an entry must have to be seen
  std::uint16_t column = no_column;
  std::uint16_t weight_column = no_column;
  std::uint16_t moments = 0;     // count ... maximum, share (the part)
  std::uint16_t whole = 0;       // share: the moments of the whole
  std::uint16_t ring = no_ring;  // bucketed
  std::uint16_t whole_ring = no_ring;
};

struct Plan {
  std::vector<FeaturePlan> features;  // in the order of the definitions: the feature index
  std::vector<StreamPlan> streams;
  // A digest of everything above: a store's roots fit only a plan of the same digest.
  std::uint64_t digest() const;
};

// Checks every definition (ranges, what an aggregate needs, what it does not take) and groups them. The
// error's place is "feature <index>".
core::Result<Plan> build_plan(std::span<const FeatureDefinition> definitions);

// How far back a window may reach: an entry at or before t - look_back_of(w) is outside the window of any
// evaluation at t.
core::DurationMs look_back_of(const WindowSpec& window);
// The exclusive lower bound of the window of an evaluation at `time`.
core::TimeMs window_start(const WindowSpec& window, core::TimeMs time);

}  // namespace tillwatch::window
