// Ranges first, then what the aggregate needs and what it does not take.
#include "window/definition.h"

#include <string>

namespace tillwatch::window {

namespace {

constexpr std::int32_t offset_minutes_max = 24 * 60;

bool needs_integer(Aggregate a) {
  return a == Aggregate::sum || a == Aggregate::mean || a == Aggregate::stddev || a == Aggregate::minimum ||
         a == Aggregate::maximum;
}
bool needs_value(Aggregate a) {
  return needs_integer(a) || a == Aggregate::distinct || a == Aggregate::share_of_first_seen ||
         a == Aggregate::first || a == Aggregate::last || a == Aggregate::previous_n ||
         a == Aggregate::top_k_share;
}
bool has_buckets(Aggregate a) {
  return a == Aggregate::count || a == Aggregate::sum || a == Aggregate::mean || a == Aggregate::minimum ||
         a == Aggregate::maximum || a == Aggregate::share;
}
bool may_have_empty_value(const FeatureDefinition& f) {
  const bool always_known = f.aggregate == Aggregate::count || f.aggregate == Aggregate::sum ||
                            f.aggregate == Aggregate::distinct || f.aggregate == Aggregate::previous_n;
  const bool text =
      f.value_type == ValueType::text && (f.aggregate == Aggregate::first || f.aggregate == Aggregate::last);
  return !always_known && !text;
}

const char* window_fault(const WindowSpec& window) {
  if (window.kind == WindowKind::sliding) {
    if (window.length_ms < 1 || window.length_ms > core::limits::window_length_ms_max) {
      return "the window's length lies outside 1 ms to 400 days";
    }
    return window.utc_offset_minutes == 0 ? nullptr : "a sliding window takes no offset from UTC";
  }
  if (window.length_ms != 0) return "a calendar window takes no length";
  const bool in_range =
      window.utc_offset_minutes >= -offset_minutes_max && window.utc_offset_minutes <= offset_minutes_max;
  return in_range ? nullptr : "the offset from UTC lies outside -24 h to +24 h";
}

const char* shape_fault(const FeatureDefinition& f) {
  if (f.kinds == 0) return "no entry kind is named; name at least one";
  if (f.key.empty() || f.key.size() > key_attributes_max) return "a key has one to four attributes";
  if (f.budget < 1 || f.budget > core::limits::window_entries_per_key_max) {
    return "the budget lies outside 1 to 65535 entries a key";
  }
  return window_fault(f.window);
}

const char* aggregate_fault(const FeatureDefinition& f) {
  const Aggregate a = f.aggregate;
  if (a > Aggregate::share) return "the aggregate is unknown";
  if (needs_value(a) && !f.value) return "this aggregate needs a value; name one";
  if (a == Aggregate::time_since_last && f.value) return "time since last takes no value; use a filter";
  if ((needs_integer(a) || (a == Aggregate::share && f.value)) && f.value_type != ValueType::integer) {
    return "this aggregate needs a value that is an integer";
  }
  if (a != Aggregate::share && f.within) return "only a share takes a filter of the whole";
  if (a == Aggregate::share && !f.filter) return "a share needs the filter of the part";
  if (a != Aggregate::top_k_share && f.weight) return "only the share of the top values takes a weight";
  const bool counted = a == Aggregate::previous_n || a == Aggregate::top_k_share;
  if (counted && (f.n < 1 || f.n > core::limits::window_values_max)) return "n lies outside 1 to 64";
  if (!counted && f.n != 1) return "this aggregate takes no n";
  if (a == Aggregate::share_of_first_seen) {
    if (f.history_ms < look_back_of(f.window) || f.history_ms > core::limits::window_length_ms_max) {
      return "the history must be at least the window and at most 400 days";
    }
  } else if (f.history_ms != 0) {
    return "only the share of first-seen values takes a history";
  }
  if (f.mode == Mode::bucketed && !has_buckets(a)) {
    return "this aggregate cannot be bucketed; only count, sum, mean, minimum, maximum and share can";
  }
  if (f.empty_value && !may_have_empty_value(f))
    return "this feature is never empty of a number; drop its empty value";
  return nullptr;
}

}  // namespace

core::Status check_definition(const FeatureDefinition& feature, std::size_t number) {
  const char* fault = shape_fault(feature);
  if (fault == nullptr) fault = aggregate_fault(feature);
  if (fault == nullptr) return {};
  return core::fail(core::ErrorCode::invalid, "feature " + std::to_string(number), fault);
}

}  // namespace tillwatch::window
