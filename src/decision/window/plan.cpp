// Grouping features into streams; see plan.h. Checking a single definition is in definition.cpp.
#include "window/plan.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "core/bytes.h"
#include "window/definition.h"

namespace tillwatch::window {

namespace {

constexpr std::size_t streams_max = 0xfffe;

template <class T>
std::size_t place_of(std::vector<T>& list, const T& item) {
  const auto at = std::find(list.begin(), list.end(), item);
  if (at != list.end()) return static_cast<std::size_t>(at - list.begin());
  list.push_back(item);
  return list.size() - 1;
}

bool same_stream(const StreamPlan& stream, const FeatureDefinition& feature) {
  return stream.kinds == feature.kinds && stream.key == feature.key && stream.budget == feature.budget &&
         stream.expendable == feature.expendable;
}

ColumnPlan::Kind column_kind(const FeatureDefinition& feature) {
  if (feature.value_type == ValueType::integer) return ColumnPlan::Kind::integer;
  const bool shown = feature.aggregate == Aggregate::first || feature.aggregate == Aggregate::last ||
                     feature.aggregate == Aggregate::previous_n;
  return shown ? ColumnPlan::Kind::text : ColumnPlan::Kind::text_hash;
}

// First pass: filters, columns and windows of the stream; their order must not move afterwards.
void gather_needs(StreamPlan& stream, const FeatureDefinition& feature) {
  for (const auto& filter : {feature.filter, feature.within}) {
    if (filter) place_of(stream.filters, *filter);
  }
  if (feature.value) place_of(stream.columns, ColumnPlan{column_kind(feature), *feature.value, 0});
  if (feature.weight) place_of(stream.columns, ColumnPlan{ColumnPlan::Kind::integer, *feature.weight, 0});
  place_of(stream.windows, feature.window);
  stream.span_ms = std::max({stream.span_ms, look_back_of(feature.window), feature.history_ms});
}

// Integers first, then hashes, then texts; presence bits follow the filters' bits.
core::Status settle(StreamPlan& stream, std::size_t number) {
  std::stable_sort(stream.columns.begin(), stream.columns.end(),
                   [](const ColumnPlan& a, const ColumnPlan& b) { return a.kind < b.kind; });
  const std::string where = "stream " + std::to_string(number);
  if (stream.filters.size() > core::limits::window_filters_per_stream_max) {
    return core::fail(core::ErrorCode::limit, where,
                      "the features over one key use more than " +
                          std::to_string(core::limits::window_filters_per_stream_max) +
                          " different filters; give some of them another key or drop some");
  }
  if (stream.columns.size() > core::limits::window_columns_per_stream_max) {
    return core::fail(core::ErrorCode::limit, where,
                      "the features over one key use more than " +
                          std::to_string(core::limits::window_columns_per_stream_max) +
                          " different values; give some of them another key or drop some");
  }
  for (std::size_t i = 0; i < stream.columns.size(); ++i) {
    stream.columns[i].presence = static_cast<std::uint8_t>(stream.filters.size() + i);
  }
  return {};
}

std::uint64_t filter_bit(const StreamPlan& stream, std::uint16_t filter) {
  const auto at = std::find(stream.filters.begin(), stream.filters.end(), filter);
  CHECK(at != stream.filters.end());
  return std::uint64_t{1} << (at - stream.filters.begin());
}

std::uint16_t column_of(const StreamPlan& stream, ColumnPlan::Kind kind, std::uint16_t value) {
  const auto at = std::find_if(stream.columns.begin(), stream.columns.end(),
                               [&](const ColumnPlan& c) { return c.kind == kind && c.value == value; });
  CHECK(at != stream.columns.end());
  return static_cast<std::uint16_t>(at - stream.columns.begin());
}

std::uint64_t presence_bit(const StreamPlan& stream, std::uint16_t column) {
  return std::uint64_t{1} << stream.columns[column].presence;
}

std::uint16_t moments_for(StreamPlan& stream, std::uint64_t mask, std::uint16_t column,
                          const FeaturePlan& feature) {
  auto at = std::find_if(stream.moments.begin(), stream.moments.end(),
                         [&](const MomentsPlan& m) { return m.mask == mask && m.column == column; });
  if (at == stream.moments.end()) {
    stream.moments.push_back(MomentsPlan{mask, column, false, false, {}});
    at = stream.moments.end() - 1;
  }
  const Aggregate aggregate = feature.definition.aggregate;
  at->extremes |= aggregate == Aggregate::minimum || aggregate == Aggregate::maximum;
  at->squares |= aggregate == Aggregate::stddev;
  place_of(at->windows, feature.window);
  return static_cast<std::uint16_t>(at - stream.moments.begin());
}

std::uint16_t ring_for(StreamPlan& stream, std::uint16_t moments, std::uint16_t window) {
  for (std::size_t i = 0; i < stream.rings.size(); ++i) {
    if (stream.rings[i].moments == moments && stream.rings[i].window == window)
      return static_cast<std::uint16_t>(i);
  }
  const core::DurationMs width = std::max<core::DurationMs>(1, look_back_of(stream.windows[window]) / 64);
  stream.rings.push_back(RingPlan{moments, window, width});
  return static_cast<std::uint16_t>(stream.rings.size() - 1);
}

bool uses_moments(Aggregate aggregate) {
  return aggregate <= Aggregate::maximum || aggregate == Aggregate::share;
}

// Second pass: where the feature finds in its stream what the first pass has put there.
void place(FeaturePlan& feature, StreamPlan& stream) {
  const FeatureDefinition& d = feature.definition;
  feature.window = static_cast<std::uint16_t>(place_of(stream.windows, d.window));
  std::uint64_t whole_mask = d.within ? filter_bit(stream, *d.within) : 0;
  if (d.value) {
    feature.column = column_of(stream, column_kind(d), *d.value);
    whole_mask |= presence_bit(stream, feature.column);
  }
  if (d.weight) {
    feature.weight_column = column_of(stream, ColumnPlan::Kind::integer, *d.weight);
    whole_mask |= presence_bit(stream, feature.weight_column);
  }
  feature.mask = whole_mask | (d.filter ? filter_bit(stream, *d.filter) : 0);
  if (!uses_moments(d.aggregate)) return;
  // A count of entries that have a text value needs only the presence bit.
  const std::uint16_t column = d.aggregate == Aggregate::count ? no_column : feature.column;
  feature.moments = moments_for(stream, feature.mask, column, feature);
  feature.whole =
      d.aggregate == Aggregate::share ? moments_for(stream, whole_mask, column, feature) : feature.moments;
  if (d.mode != Mode::bucketed) return;
  feature.ring = ring_for(stream, feature.moments, feature.window);
  feature.whole_ring = ring_for(stream, feature.whole, feature.window);
}

core::Status check_value_types(std::span<const FeatureDefinition> definitions) {
  std::map<std::uint16_t, ValueType> types;
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    const auto agree = [&](std::optional<std::uint16_t> value, ValueType type) {
      return !value || types.try_emplace(*value, type).first->second == type;
    };
    if (agree(definitions[i].value, definitions[i].value_type) &&
        agree(definitions[i].weight, ValueType::integer)) {
      continue;
    }
    return core::fail(core::ErrorCode::invalid, "feature " + std::to_string(i),
                      "a value is used here as one type and elsewhere as the other; give it one type");
  }
  return {};
}

}  // namespace

core::Result<Plan> build_plan(std::span<const FeatureDefinition> definitions) {
  if (definitions.size() > core::limits::window_features_max) {
    return core::fail(core::ErrorCode::limit, "features",
                      "a policy may have at most " + std::to_string(core::limits::window_features_max) +
                          " features; this one has " + std::to_string(definitions.size()));
  }
  static_assert(core::limits::window_features_max < streams_max);
  Plan plan;
  for (std::size_t i = 0; i < definitions.size(); ++i) TRY_STATUS(check_definition(definitions[i], i));
  TRY_STATUS(check_value_types(definitions));
  for (const FeatureDefinition& definition : definitions) {
    auto at = std::find_if(plan.streams.begin(), plan.streams.end(),
                           [&](const StreamPlan& s) { return same_stream(s, definition); });
    if (at == plan.streams.end()) {
      StreamPlan fresh;
      fresh.kinds = definition.kinds;
      fresh.key = definition.key;
      fresh.budget = definition.budget;
      fresh.expendable = definition.expendable;
      plan.streams.push_back(std::move(fresh));
      at = plan.streams.end() - 1;
    }
    gather_needs(*at, definition);
    FeaturePlan feature;
    feature.definition = definition;
    feature.stream = static_cast<std::uint16_t>(at - plan.streams.begin());
    plan.features.push_back(std::move(feature));
  }
  for (std::size_t i = 0; i < plan.streams.size(); ++i) TRY_STATUS(settle(plan.streams[i], i));
  for (FeaturePlan& feature : plan.features) place(feature, plan.streams[feature.stream]);
  return plan;
}

std::uint64_t Plan::digest() const {
  core::Bytes bytes;
  core::ByteWriter out(bytes);
  const auto optional = [&](const auto& v) { out.signed_varint(v ? static_cast<std::int64_t>(*v) : -1); };
  for (const FeaturePlan& feature : features) {
    const FeatureDefinition& d = feature.definition;
    out.u64(d.id[0]);
    out.u64(d.id[1]);
    out.u32(d.kinds);
    out.varint(d.key.size());
    for (const std::uint16_t attribute : d.key) out.u16(attribute);
    optional(d.filter);
    optional(d.within);
    optional(d.value);
    optional(d.weight);
    out.u8(static_cast<std::uint8_t>(d.value_type));
    out.u8(static_cast<std::uint8_t>(d.aggregate));
    out.u8(static_cast<std::uint8_t>(d.window.kind));
    out.i64(d.window.length_ms);
    out.i64(d.window.utc_offset_minutes);
    out.i64(d.history_ms);
    out.u8(static_cast<std::uint8_t>(d.mode));
    out.u32(d.budget);
    out.u32(d.n);
    out.u8(d.expendable ? 1 : 0);
  }
  std::uint64_t digest = 0xcbf29ce484222325ULL;  // FNV-1a, 64 bits
  for (const char c : bytes) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return digest;
}

}  // namespace tillwatch::window
