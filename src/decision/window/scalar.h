// What goes into the windows and what comes out: scalars, one entry's inputs, a feature's value.
// Called by the engine, which evaluates filters and value expressions, and by whoever explains a decision.
// Never owns a text: views are valid as long as their giver says.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/time.h"

namespace tillwatch::window {

struct Scalar {
  enum class Kind : std::uint8_t { absent, integer, text };
  Kind kind = Kind::absent;
  std::int64_t integer = 0;  // money: minor units
  std::string_view text;     // what is shown again is cut after core::limits::entry_text_bytes_max bytes

  static Scalar of(std::int64_t value) { return {Kind::integer, value, {}}; }
  static Scalar of(std::string_view value) { return {Kind::text, 0, value}; }
  bool present() const { return kind != Kind::absent; }
  friend bool operator==(const Scalar&, const Scalar&) = default;
};

// One admitted entry as the windows see it. The spans are read during the call only.
struct EntryInputs {
  std::uint32_t kind = 0;  // 0..31: the bit of FeatureDefinition::kinds
  core::TimeMs event_time = 0;
  std::uint64_t sequence = 0;           // strictly greater than that of any entry applied before
  core::TimeMs reach = core::time_min;  // no later evaluation has an earlier event time; never goes back
  std::span<const Scalar> attributes;   // by the attribute indexes of the definitions
  std::span<const bool> filters;        // by filter index
  std::span<const Scalar> values;       // by value index; of the type the definitions declare, or absent
};

enum class FeatureState : std::uint8_t {
  known,          // the value holds
  empty,          // nothing lies in the window and the aggregate of nothing is not defined
  no_key,         // the deciding entry lacks an attribute of the key
  unknown_limit,  // a bound was passed (budget, cap, overflow, lateness): the exact value is not known
};

enum class ValueForm : std::uint8_t { integer, real, text, list };

struct FeatureValue {
  FeatureState state = FeatureState::empty;
  ValueForm form = ValueForm::integer;  // which of the next four holds the value
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
  std::span<const Scalar> list;  // text and list: valid until the store's next apply() or begin_evaluation()
  core::TimeMs window_from = 0;  // entries with window_from < time <= window_to
  core::TimeMs window_to = 0;
  std::uint64_t entries = 0;  // how many entries of the window passed the feature's filter and had its value
  bool approximate = false;   // bucketed, and one bucket straddles window_from
  double bound = 0;           // then: the true value lies within `bound` of the value given
};

}  // namespace tillwatch::window
