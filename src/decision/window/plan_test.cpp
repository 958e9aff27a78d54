// Every rule of a definition at its limit and one past it; what shares a stream and what does not; where
// windows begin.
#include "window/plan.h"

#include <gtest/gtest.h>

#include <functional>

namespace tillwatch::window {
namespace {

FeatureDefinition count_of_hour() {
  FeatureDefinition d;
  d.kinds = 1;
  d.key = {0};
  d.window.length_ms = core::hour_ms;
  return d;
}

FeatureDefinition with(Aggregate aggregate) {
  FeatureDefinition d = count_of_hour();
  d.aggregate = aggregate;
  if (aggregate != Aggregate::time_since_last) d.value = 0;
  if (aggregate == Aggregate::share) d.filter = 0;
  if (aggregate == Aggregate::share_of_first_seen) d.history_ms = core::day_ms;
  return d;
}

using Change = std::function<void(FeatureDefinition&)>;

bool accepts(FeatureDefinition d, const Change& change) {
  change(d);
  const auto plan = build_plan(std::vector{d});
  if (!plan) {
    EXPECT_EQ(plan.error().code, core::ErrorCode::invalid);
    EXPECT_EQ(plan.error().where, "feature 0");
    EXPECT_FALSE(plan.error().detail.empty());
  }
  return plan.has_value();
}

TEST(Plan, ranges_hold_at_the_limit_and_not_past_it) {
  const FeatureDefinition d = count_of_hour();
  EXPECT_TRUE(accepts(d, [](auto&) {}));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.kinds = 0; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.key.clear(); }));
  EXPECT_TRUE(accepts(d, [](auto& f) { f.key = {0, 1, 2, 3}; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.key = {0, 1, 2, 3, 4}; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.budget = 0; }));
  EXPECT_TRUE(accepts(d, [](auto& f) { f.budget = core::limits::window_entries_per_key_max; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.budget = core::limits::window_entries_per_key_max + 1; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.window.length_ms = 0; }));
  EXPECT_TRUE(accepts(d, [](auto& f) { f.window.length_ms = core::limits::window_length_ms_max; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.window.length_ms = core::limits::window_length_ms_max + 1; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.window.utc_offset_minutes = 1; }));
  EXPECT_TRUE(accepts(d, [](auto& f) { f.window = {WindowKind::local_day, 0, 1440}; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.window = {WindowKind::local_day, 0, -1441}; }));
  EXPECT_FALSE(accepts(d, [](auto& f) { f.window = {WindowKind::local_month, 5, 0}; }));
}

TEST(Plan, an_aggregate_gets_what_it_needs_and_nothing_else) {
  for (int i = 0; i <= static_cast<int>(Aggregate::share); ++i) {
    const FeatureDefinition d = with(static_cast<Aggregate>(i));
    EXPECT_TRUE(accepts(d, [](auto&) {})) << i;
    const bool optional = d.aggregate == Aggregate::count || d.aggregate == Aggregate::share ||
                          d.aggregate == Aggregate::time_since_last;
    EXPECT_EQ(accepts(d, [](auto& f) { f.value.reset(); }), optional) << i;
    EXPECT_EQ(accepts(d, [](auto& f) { f.within = 1; }), d.aggregate == Aggregate::share) << i;
    EXPECT_EQ(accepts(d, [](auto& f) { f.weight = 1; }), d.aggregate == Aggregate::top_k_share) << i;
    const bool counted = d.aggregate == Aggregate::top_k_share || d.aggregate == Aggregate::previous_n;
    EXPECT_EQ(accepts(d, [](auto& f) { f.n = 64; }), counted) << i;
    EXPECT_FALSE(accepts(d, [](auto& f) { f.n = 65; })) << i;
    EXPECT_FALSE(accepts(d, [](auto& f) { f.n = 0; })) << i;
    const bool bucketed = d.aggregate == Aggregate::share ||
                          (d.aggregate <= Aggregate::maximum && d.aggregate != Aggregate::stddev);
    EXPECT_EQ(accepts(d, [](auto& f) { f.mode = Mode::bucketed; }), bucketed) << i;
    const bool number = d.aggregate == Aggregate::share ||
                        (d.aggregate >= Aggregate::sum && d.aggregate <= Aggregate::maximum);
    EXPECT_EQ(accepts(d, [](auto& f) { f.value_type = ValueType::text; }), !number) << i;
    if (d.aggregate != Aggregate::share_of_first_seen) {
      EXPECT_FALSE(accepts(d, [](auto& f) { f.history_ms = core::day_ms; })) << i;
    }
  }
  EXPECT_FALSE(accepts(with(Aggregate::time_since_last), [](auto& f) { f.value = 0; }));
  EXPECT_FALSE(accepts(with(Aggregate::share), [](auto& f) { f.filter.reset(); }));
  EXPECT_FALSE(
      accepts(with(Aggregate::share_of_first_seen), [](auto& f) { f.history_ms = core::hour_ms - 1; }));
  EXPECT_TRUE(accepts(with(Aggregate::share_of_first_seen), [](auto& f) { f.history_ms = core::hour_ms; }));
  EXPECT_FALSE(accepts(with(Aggregate::count), [](auto& f) { f.empty_value = 0; }));
  EXPECT_TRUE(accepts(with(Aggregate::mean), [](auto& f) { f.empty_value = 0; }));
  EXPECT_FALSE(accepts(with(Aggregate::count), [](auto& f) { f.aggregate = static_cast<Aggregate>(99); }));
}

TEST(Plan, a_value_has_one_type) {
  FeatureDefinition text = with(Aggregate::distinct);
  text.value_type = ValueType::text;
  const auto plan = build_plan(std::vector{with(Aggregate::sum), text});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().where, "feature 1");
}

TEST(Plan, too_many_features_filters_or_values_are_refused) {
  std::vector<FeatureDefinition> many(core::limits::window_features_max, count_of_hour());
  EXPECT_TRUE(build_plan(many));
  many.push_back(count_of_hour());
  EXPECT_EQ(build_plan(many).error().code, core::ErrorCode::limit);
  const auto filters = [](std::size_t count) {
    std::vector<FeatureDefinition> result(count, count_of_hour());
    for (std::size_t i = 0; i < count; ++i) result[i].filter = static_cast<std::uint16_t>(i);
    return build_plan(result);
  };
  EXPECT_TRUE(filters(core::limits::window_filters_per_stream_max));
  EXPECT_EQ(filters(core::limits::window_filters_per_stream_max + 1).error().code, core::ErrorCode::limit);
  const auto values = [](std::size_t count) {
    std::vector<FeatureDefinition> result(count, with(Aggregate::sum));
    for (std::size_t i = 0; i < count; ++i) result[i].value = static_cast<std::uint16_t>(i);
    return build_plan(result);
  };
  EXPECT_TRUE(values(core::limits::window_columns_per_stream_max));
  EXPECT_EQ(values(core::limits::window_columns_per_stream_max + 1).error().code, core::ErrorCode::limit);
}

TEST(Plan, same_kinds_key_and_budget_share_a_stream) {
  std::vector<FeatureDefinition> features(6, count_of_hour());
  features[1].window.length_ms = core::day_ms;
  features[1].filter = 3;
  features[2].kinds = 3;
  features[3].key = {1};
  features[4].budget = 7;
  features[5].expendable = true;
  const auto plan = build_plan(features);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->streams.size(), 5U);
  EXPECT_EQ(plan->features[0].stream, plan->features[1].stream);
  EXPECT_EQ(plan->streams[0].span_ms, core::day_ms);
  EXPECT_EQ(plan->streams[0].moments.size(), 2U);
  auto other = features;
  other[0].window.length_ms += 1;
  EXPECT_NE(plan->digest(), build_plan(other)->digest());
  EXPECT_EQ(plan->digest(), build_plan(features)->digest());
}

TEST(Plan, windows_begin_where_the_page_says) {
  const auto at = [](std::string_view text) { return *core::parse_time(text); };
  const core::TimeMs t = at("2024-03-01T00:30:00Z");
  EXPECT_EQ(window_start({WindowKind::sliding, 1, 0}, t), t - 1);
  EXPECT_EQ(window_start({WindowKind::local_day, 0, 0}, t), at("2024-02-29T23:59:59.999Z"));
  EXPECT_EQ(window_start({WindowKind::local_day, 0, -60}, t), at("2024-02-29T00:59:59.999Z"));
  EXPECT_EQ(window_start({WindowKind::local_month, 0, 0}, t), at("2024-02-29T23:59:59.999Z"));
  EXPECT_EQ(window_start({WindowKind::local_month, 0, -60}, t), at("2024-02-01T00:59:59.999Z"));
  EXPECT_EQ(window_start({WindowKind::local_month, 0, 480}, at("2024-12-31T15:59:59.999Z")),
            at("2024-11-30T15:59:59.999Z"));
  EXPECT_EQ(window_start({WindowKind::local_month, 0, 480}, at("2024-12-31T16:00:00Z")),
            at("2024-12-31T15:59:59.999Z"));
}

}  // namespace
}  // namespace tillwatch::window
