// Test code: random definitions and random streams of entries (late, equal in time, repeated, negative, huge,
// absent). Called by the module's tests; everything follows from the seed. Never used by the product.
#pragma once

#include <random>
#include <vector>

#include "window/plan.h"
#include "windows/naive_model.h"

namespace tillwatch::windows {

using window::look_back_of;
using window::Mode;

struct WorldShape {
  core::TimeMs start = 1'700'000'000'000;
  core::DurationMs step_ms = 40;      // entries come up to this far apart
  core::DurationMs window_ms = 1500;  // sliding windows are up to this long
  core::DurationMs lateness_ms = 2000;
  int keys = 4;
  bool calendar = false;
  bool huge_values = false;
  std::uint32_t budget_max = 60000;
  int features = 24;
  bool bucketed = false;    // features that can be are
  bool expendable = false;  // half the features are
};

class World {
 public:
  static constexpr std::size_t attributes = 4, filters = 4, values = 5;

  World(std::uint64_t seed, const WorldShape& shape) : random_(seed), shape_(shape), now_(shape.start) {}

  std::vector<FeatureDefinition> definitions() {
    std::vector<FeatureDefinition> result;
    const std::uint32_t budget = 1 + below(shape_.budget_max);
    while (result.size() < static_cast<std::size_t>(shape_.features)) {
      result.push_back(definition(static_cast<Aggregate>(result.size() % 14), budget));
    }
    return result;
  }

  Entry next() {
    Entry entry;
    entry.sequence = ++sequence_;
    entry.kind = below(3);
    if (below(4) != 0) now_ += below(static_cast<std::uint32_t>(shape_.step_ms) + 1);
    newest_ = std::max(newest_, now_);
    entry.time = now_;
    if (below(5) == 0) entry.time -= below(static_cast<std::uint32_t>(shape_.lateness_ms) + 1);
    entry.time = std::max(entry.time, reach());
    for (std::size_t i = 0; i < attributes; ++i) entry.attributes.push_back(attribute(i));
    for (std::size_t i = 0; i < filters; ++i) entry.filters.push_back(below(3) != 0 ? 1 : 0);
    for (std::size_t i = 0; i < values; ++i) entry.values.push_back(value(i));
    return entry;
  }
  // No entry to come is older than this.
  core::TimeMs reach() const { return newest_ - shape_.lateness_ms; }
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

 private:
  FeatureDefinition definition(Aggregate aggregate, std::uint32_t budget) {
    FeatureDefinition d;
    d.aggregate = aggregate;
    d.kinds = 1 + below(7);
    d.budget = budget;
    d.key.push_back(static_cast<std::uint16_t>(below(attributes)));
    if (shape_.expendable) d.expendable = below(2) == 0;
    if (below(3) == 0) d.key.push_back(static_cast<std::uint16_t>(below(attributes)));
    if (below(2) == 0 || aggregate == Aggregate::share) d.filter = static_cast<std::uint16_t>(below(filters));
    if (below(2) == 0 && aggregate == Aggregate::share) d.within = static_cast<std::uint16_t>(below(filters));
    const bool number =
        (aggregate >= Aggregate::sum && aggregate <= Aggregate::maximum) || aggregate == Aggregate::share;
    const bool optional = aggregate == Aggregate::count || aggregate == Aggregate::share;
    if (aggregate != Aggregate::time_since_last && !(optional && below(2) == 0)) {
      const bool text = !number && below(2) == 0;
      d.value = static_cast<std::uint16_t>(text ? 3 + below(2) : below(3));
      d.value_type = text ? ValueType::text : ValueType::integer;
    }
    d.window.length_ms = 1 + below(static_cast<std::uint32_t>(shape_.window_ms));
    if (shape_.calendar && below(3) != 0) {
      d.window = WindowSpec{below(2) == 0 ? WindowKind::local_day : WindowKind::local_month, 0,
                            static_cast<std::int32_t>(below(2881)) - 1440};
    }
    if (aggregate == Aggregate::share_of_first_seen) {
      d.history_ms = look_back_of(d.window) + below(static_cast<std::uint32_t>(shape_.window_ms));
    }
    if (aggregate == Aggregate::top_k_share && below(2) == 0) d.weight = static_cast<std::uint16_t>(below(3));
    if (aggregate == Aggregate::top_k_share || aggregate == Aggregate::previous_n) d.n = 1 + below(6);
    if (shape_.bucketed && (aggregate <= Aggregate::mean || aggregate == Aggregate::minimum ||
                            aggregate == Aggregate::maximum || aggregate == Aggregate::share)) {
      d.mode = Mode::bucketed;
    }
    const bool may_be_empty =
        aggregate == Aggregate::mean || aggregate == Aggregate::minimum || aggregate == Aggregate::share;
    if (may_be_empty && below(3) == 0) d.empty_value = -static_cast<std::int64_t>(below(5));
    return d;
  }

  Value attribute(std::size_t i) {
    if (below(12) == 0) return {};
    const auto which = static_cast<std::int64_t>(below(static_cast<std::uint32_t>(shape_.keys)));
    if (i % 2 == 0) return Value{Scalar::Kind::integer, which - 1, {}};
    return Value{Scalar::Kind::text, 0, "key " + std::to_string(which)};
  }

  Value value(std::size_t i) {
    if (below(8) == 0) return {};
    if (i >= 3) return Value{Scalar::Kind::text, 0, std::string(below(90), 'x') + std::to_string(below(6))};
    if (shape_.huge_values && below(6) == 0) {
      return Value{Scalar::Kind::integer, static_cast<std::int64_t>(random_()), {}};
    }
    if (below(20) == 0) return Value{Scalar::Kind::integer, static_cast<std::int64_t>(below(7)) << 33, {}};
    return Value{Scalar::Kind::integer, static_cast<std::int64_t>(below(i == 0 ? 8 : 200000)) - 4, {}};
  }

  std::mt19937_64 random_;
  WorldShape shape_;
  core::TimeMs now_;
  core::TimeMs newest_ = core::time_min + 1000 * core::day_ms;
  std::uint64_t sequence_ = 0;
};

}  // namespace tillwatch::windows
