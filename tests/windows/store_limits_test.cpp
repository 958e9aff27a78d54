// Beyond the limits: bucketed features stay within their stated bound, and caps drop the same whatever the
// hash key.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "windows/oracle.h"

namespace tillwatch::windows {

using window::build_plan;
using window::DropKind;
using window::Dropped;
using window::StoreLimits;
namespace {

constexpr crypto::SipKey second_key = {2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9, 0, 4, 5};

bool real(const FeatureDefinition& d) {
  return d.aggregate == Aggregate::mean || d.aggregate == Aggregate::share;
}

struct Tally {
  int approximate = 0, exact = 0, unknown = 0, tight = 0;
};

// Checks one bucketed value against what all history says.
void expect_within_bound(const FeatureDefinition& d, const Answer& truth, const FeatureValue& got,
                         Tally& tally) {
  if (got.state == FeatureState::unknown_limit) {
    ++tally.unknown;
    return;
  }
  if (!got.approximate) {
    ++tally.exact;
    EXPECT_EQ(truth.state, got.state);
    EXPECT_EQ(truth.integer, got.integer);
    EXPECT_EQ(truth.real, got.real);
    return;
  }
  ++tally.approximate;
  ASSERT_EQ(got.state, FeatureState::known);
  // The straddling bucket may be all there is; what is empty in truth has no value to compare.
  if (truth.state == FeatureState::empty || (d.empty_value && truth.entries == 0)) return;
  const double error = real(d)
                           ? std::fabs(truth.real - got.real)
                           : std::fabs(static_cast<double>(truth.integer) - static_cast<double>(got.integer));
  EXPECT_LE(error, got.bound) << "aggregate " << static_cast<int>(d.aggregate);
  if (got.bound == error && error > 0) ++tally.tight;
}

TEST(StoreLimits, bucketed_features_keep_their_bound) {
  const std::uint64_t first = std::random_device{}();
  Tally tally;
  for (std::uint64_t seed = first; seed < first + 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    WorldShape shape;
    shape.bucketed = true;
    shape.keys = 2;
    shape.budget_max = 25;
    shape.window_ms = seed % 2 == 0 ? 6000 : 300;
    shape.lateness_ms = 500;
    World world(seed, shape);
    const auto definitions = world.definitions();
    auto plan = build_plan(definitions);
    ASSERT_TRUE(plan) << plan.error().to_string();
    state::Arena arena;
    Store store(arena, std::move(*plan), StoreOptions{first_key, {}, {}});
    Model model;
    for (int i = 0; i < 600; ++i) {
      const Entry entry = world.next();
      model.apply(entry);
      const Given given(entry, world.reach());
      store.apply(given.inputs());
      store.begin_evaluation(given.inputs().attributes, entry.time, entry.sequence);
      for (std::uint32_t f = 0; f < definitions.size(); ++f) {
        FeatureDefinition unlimited = definitions[f];
        if (unlimited.mode != Mode::bucketed) continue;
        unlimited.budget = 60000;
        expect_within_bound(definitions[f], model.evaluate(unlimited, entry), store.evaluate(f), tally);
        ASSERT_FALSE(HasFailure());
      }
    }
  }
  // The test has seen what it is about.
  EXPECT_GT(tally.approximate, 1000);
  EXPECT_GT(tally.exact, 1000);
  EXPECT_GT(tally.tight, 0);
}

bool same(const FeatureValue& a, const FeatureValue& b) {
  if (a.state != b.state || a.form != b.form || a.window_from != b.window_from || a.window_to != b.window_to)
    return false;
  if (a.state != FeatureState::known) return true;
  return a.integer == b.integer && a.real == b.real && a.text == b.text && a.entries == b.entries &&
         std::equal(a.list.begin(), a.list.end(), b.list.begin(), b.list.end()) &&
         a.approximate == b.approximate && a.bound == b.bound;
}

struct CapRun {
  std::uint64_t known = 0, unknown = 0, refused = 0, evicted = 0, entries_refused = 0;
};

void note(const std::vector<Dropped>& dropped, CapRun& run) {
  for (const Dropped& d : dropped) {
    if (d.kind == DropKind::key_refused) run.refused += d.keys;
    if (d.kind == DropKind::key_evicted) run.evicted += d.keys;
    if (d.kind == DropKind::entry_refused) run.entries_refused += d.entries;
  }
}

void run_caps(std::uint64_t seed, const StoreLimits& limits, CapRun& run) {
  WorldShape shape;
  shape.keys = 40;
  shape.expendable = true;
  shape.window_ms = 900;
  shape.lateness_ms = 300;
  shape.budget_max = 100;
  World world(seed, shape);
  const auto definitions = world.definitions();
  state::Arena arena, other_arena;
  Store store(arena, *build_plan(definitions), StoreOptions{first_key, limits, {}});
  Store other(other_arena, *build_plan(definitions), StoreOptions{second_key, limits, {}});
  Model model;
  for (int i = 0; i < 700; ++i) {
    const Entry entry = world.next();
    model.apply(entry);
    const Given given(entry, world.reach());
    for (Store* s : {&store, &other}) {
      s->apply(given.inputs());
      s->begin_evaluation(given.inputs().attributes, entry.time, entry.sequence);
    }
    ASSERT_LE(store.counts().keys, limits.keys_max);
    ASSERT_LE(store.counts().entries, limits.entries_max);
    for (std::uint32_t f = 0; f < definitions.size(); ++f) {
      const FeatureValue got = store.evaluate(f);
      ASSERT_TRUE(same(got, other.evaluate(f))) << "feature " << f << " depends on the hash key";
      if (got.state == FeatureState::unknown_limit) {
        ++run.unknown;
        continue;
      }
      ++run.known;
      ASSERT_EQ(difference(definitions[f], entry, model.evaluate(definitions[f], entry), got), "");
    }
    const auto dropped = store.take_dropped();
    ASSERT_EQ(dropped, other.take_dropped());
    note(dropped, run);
  }
  ASSERT_EQ(arena.bytes_in_use(), other_arena.bytes_in_use());
}

TEST(StoreLimits, caps_drop_the_same_whatever_the_hash_key_and_never_lie) {
  const std::uint64_t first = std::random_device{}();
  CapRun run;
  for (std::uint64_t seed = first; seed < first + 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    StoreLimits limits;
    limits.keys_max = seed % 2 == 0 ? 250 : 10'000;
    limits.entries_max = seed % 3 == 0 ? 260 : 10'000;
    limits.keys_per_stream_max = seed % 2 == 0 ? 250 : 25;
    run_caps(seed, limits, run);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(run.known, 1000U);
  EXPECT_GT(run.unknown, 100U);
  EXPECT_GT(run.refused, 0U);
  EXPECT_GT(run.evicted, 0U);
  EXPECT_GT(run.entries_refused, 0U);
}

// At the cap exactly nothing is dropped; one key more and something is.
TEST(StoreLimits, the_cap_itself_is_allowed) {
  FeatureDefinition d;
  d.kinds = 1;
  d.key = {0};
  d.window.length_ms = 1000;
  for (const bool expendable : {false, true}) {
    d.expendable = expendable;
    StoreLimits limits;
    limits.keys_max = 3;
    state::Arena arena;
    Store store(arena, *build_plan(std::vector{d}), StoreOptions{first_key, limits, {}});
    const auto feed = [&](std::int64_t key, std::uint64_t sequence) {
      const std::vector<Scalar> attributes = {Scalar::of(key)};
      store.apply(EntryInputs{0, 1'000'000, sequence, 900'000, attributes, {}, {}});
      store.begin_evaluation(attributes, 1'000'000, sequence);
      return store.evaluate(0);
    };
    for (std::int64_t key = 1; key <= 3; ++key)
      EXPECT_EQ(feed(key, static_cast<std::uint64_t>(key)).integer, 1);
    EXPECT_TRUE(store.take_dropped().empty());
    const FeatureValue fourth = feed(4, 4);
    const std::vector<Dropped> wanted = {
        Dropped{0, expendable ? DropKind::key_refused : DropKind::key_evicted, 1, 1}};
    EXPECT_EQ(store.take_dropped(), wanted);
    EXPECT_EQ(fourth.state,
              FeatureState::unknown_limit);  // the new key cannot know that it was not the one lost
    EXPECT_EQ(store.counts().keys, 3U);
  }
}

TEST(StoreLimits, cold_keys_are_swept_and_everything_can_be_given_back) {
  WorldShape shape;
  shape.keys = 60;
  shape.window_ms = 50;
  shape.lateness_ms = 10;
  World world(7, shape);
  state::Arena arena;
  Store store(arena, *build_plan(world.definitions()), StoreOptions{first_key, {}, {}});
  Entry entry;
  for (int i = 0; i < 3000; ++i) {
    entry = world.next();
    store.apply(Given(entry, world.reach()).inputs());
  }
  EXPECT_GT(store.counts().keys_reclaimed, 100U);
  const auto before = store.counts();
  EXPECT_GT(before.texts, 0U);
  // Entries that have no key at all still drive the sweep, stream by stream.
  for (int i = 0; i < 30000; ++i) {
    for (Value& v : entry.attributes) v = {};
    ++entry.sequence;
    entry.time += 100;
    store.apply(Given(entry, entry.time).inputs());
  }
  EXPECT_EQ(store.counts().keys, 0U);
  EXPECT_EQ(store.counts().entries, 0U);
  EXPECT_EQ(store.counts().texts, 0U);
  for (int i = 0; i < 500; ++i)
    store.apply(Given(
                    [&] {
                      Entry next = world.next();
                      next.sequence = ++entry.sequence;
                      next.time = entry.time;
                      return next;
                    }(),
                    entry.time - 5)
                    .inputs());
  EXPECT_GT(store.counts().keys, 0U);
  int rounds = 1;
  for (; !store.release_some(10); ++rounds) ASSERT_LT(rounds, 1000);
  EXPECT_GT(rounds, 2);
  EXPECT_EQ(arena.bytes_in_use(), 0U);
}

}  // namespace
}  // namespace tillwatch::windows
