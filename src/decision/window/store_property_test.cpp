// Store against the naive model on random streams: the definition of every feature, to the millisecond and
// the bit. TILLWATCH_WINDOW_SEEDS=n runs n seeds of every shape instead of the usual few.
#include <gtest/gtest.h>

#include <cstdlib>

#include "window/naive_model.h"
#include "window/random_world.h"
#include "window/store.h"

namespace tillwatch::window {
namespace {

using naive::Answer;
using naive::Entry;
using naive::Value;

constexpr crypto::SipKey hash_key = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};

std::uint64_t seeds() {
  const char* text = std::getenv("TILLWATCH_WINDOW_SEEDS");
  return text == nullptr ? 3 : std::strtoull(text, nullptr, 10);
}

// An entry's spans.
struct Given {
  std::vector<Scalar> attributes, values;
  std::unique_ptr<bool[]> filters;
  EntryInputs inputs;
  Given(const Entry& entry, core::TimeMs reach) : filters(new bool[entry.filters.size()]) {
    for (const Value& v : entry.attributes) attributes.push_back(v.view());
    for (const Value& v : entry.values) values.push_back(v.view());
    for (std::size_t i = 0; i < entry.filters.size(); ++i) filters[i] = entry.filters[i] != 0;
    inputs = EntryInputs{entry.kind, entry.time, entry.sequence,
                         reach,      attributes, {filters.get(), entry.filters.size()},
                         values};
  }
};

std::string describe(const FeatureDefinition& d, const Entry& e) {
  return "aggregate " + std::to_string(static_cast<int>(d.aggregate)) + ", window kind " +
         std::to_string(static_cast<int>(d.window.kind)) + " of " + std::to_string(d.window.length_ms) +
         " ms, budget " + std::to_string(d.budget) + ", at sequence " + std::to_string(e.sequence);
}

// Counts what differs instead of failing, for the sabotage tests; `report` makes it fail.
int differences(const FeatureDefinition& d, const Entry& e, const Answer& want, const FeatureValue& got,
                bool report) {
  bool same = want.state == got.state;
  if (same && want.state == FeatureState::known) {
    same = want.entries == got.entries;
    switch (got.form) {
      case ValueForm::integer:
        same = same && want.integer == got.integer;
        break;
      case ValueForm::text:
        same = same && want.text == got.text;
        break;
      case ValueForm::list:
        same = same && want.list.size() == got.list.size();
        for (std::size_t i = 0; same && i < got.list.size(); ++i) same = want.list[i].view() == got.list[i];
        break;
      case ValueForm::real:
        // A deviation is computed another way by the model; everything else must be the same bits.
        same = same && (d.aggregate == Aggregate::stddev
                            ? std::fabs(want.real - got.real) <= 1e-14 * std::fabs(want.real)
                            : want.real == got.real);
        break;
    }
  }
  if (!same && report) {
    ADD_FAILURE() << describe(d, e) << ": want state " << static_cast<int>(want.state) << " integer "
                  << want.integer << " real " << want.real << " entries " << want.entries << "; got state "
                  << static_cast<int>(got.state) << " integer " << got.integer << " real " << got.real
                  << " entries " << got.entries;
  }
  return same ? 0 : 1;
}

int run(std::uint64_t seed, const naive::WorldShape& shape, int count, core::Sabotage sabotage, bool report) {
  naive::World world(seed, shape);
  const auto definitions = world.definitions();
  auto plan = build_plan(definitions);
  EXPECT_TRUE(plan) << plan.error().to_string();
  state::Arena arena;
  Store store(arena, std::move(*plan), StoreOptions{hash_key, {}, sabotage});
  naive::Model model;
  int wrong = 0;
  for (int i = 0; i < count && wrong < 5; ++i) {
    const Entry entry = world.next();
    const Given given(entry, world.reach());
    store.apply(given.inputs);
    model.apply(entry);
    store.begin_evaluation(given.attributes, entry.time, entry.sequence);
    for (std::uint32_t f = 0; f < definitions.size(); ++f) {
      wrong += differences(definitions[f], entry, model.evaluate(definitions[f], entry), store.evaluate(f),
                           report);
    }
  }
  return wrong;
}

void run_all(const naive::WorldShape& shape, int count) {
  const std::uint64_t first = std::random_device{}();
  for (std::uint64_t seed = first; seed < first + seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EXPECT_EQ(run(seed, shape, count, {}, true), 0);
  }
}

TEST(StoreProperty, random_streams_in_milliseconds) {
  run_all({}, 500);
}

TEST(StoreProperty, windows_of_one_to_three_milliseconds) {
  naive::WorldShape shape;
  shape.window_ms = 3;
  shape.step_ms = 2;
  shape.lateness_ms = 6;
  shape.keys = 2;
  run_all(shape, 500);
}

TEST(StoreProperty, few_keys_with_many_entries) {
  naive::WorldShape shape;
  shape.keys = 1;
  shape.window_ms = 30000;
  shape.features = 14;
  run_all(shape, 900);
}

TEST(StoreProperty, small_budgets) {
  naive::WorldShape shape;
  shape.keys = 2;
  shape.budget_max = 40;
  run_all(shape, 500);
}

TEST(StoreProperty, huge_values) {
  naive::WorldShape shape;
  shape.huge_values = true;
  shape.keys = 2;
  run_all(shape, 400);
}

TEST(StoreProperty, calendar_windows_over_month_ends) {
  naive::WorldShape shape;
  shape.calendar = true;
  shape.step_ms = 12 * core::hour_ms;
  shape.window_ms = 40 * core::day_ms;
  shape.lateness_ms = 3 * core::day_ms;
  run_all(shape, 400);
}

TEST(StoreProperty, before_1970) {
  naive::WorldShape shape;
  shape.start = -86400000LL * 365 * 30;
  shape.calendar = true;
  shape.step_ms = 20 * core::hour_ms;
  shape.window_ms = 49 * core::day_ms;
  run_all(shape, 300);
}

#if defined(TILLWATCH_SABOTAGE)
TEST(StoreProperty, notices_dropped_late_entries) {
  core::Sabotage sabotage;
  sabotage.drop_late = true;
  EXPECT_GT(run(1, {}, 500, sabotage, false), 0);
}

TEST(StoreProperty, notices_a_closed_old_edge) {
  core::Sabotage sabotage;
  sabotage.closed_old_edge = true;
  naive::WorldShape shape;
  shape.window_ms = 10;
  shape.step_ms = 3;
  EXPECT_GT(run(1, shape, 500, sabotage, false), 0);
}
#endif

}  // namespace
}  // namespace tillwatch::window
