// What an entry costs in the window store, beside the floor of the same run: finding its three keys and
// touching them. Run by hand and by the bench script; prints nanoseconds per entry. Never part of the tests.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <vector>

#include "state/arena.h"
#include "state/index.h"
#include "window/store.h"

namespace tillwatch {
namespace {

using namespace window;

constexpr crypto::SipKey hash_key = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr core::DurationMs month = 30 * core::day_ms;
constexpr std::size_t kept_per_key = 100;

FeatureDefinition feature(std::uint16_t key, Aggregate aggregate, core::DurationMs length) {
  FeatureDefinition d;
  d.kinds = 2;
  d.key = {key};
  d.aggregate = aggregate;
  d.window.length_ms = length;
  if (aggregate != Aggregate::count) d.value = 0;
  if (aggregate == Aggregate::distinct) d.value = 1;
  return d;
}

// Three streams with four windows each. plain: 12 features of counts and sums; all: 3 more that count
// different values.
std::vector<FeatureDefinition> features(bool all) {
  std::vector<FeatureDefinition> result;
  for (std::uint16_t key = 0; key < 3; ++key) {
    result.push_back(feature(key, Aggregate::count, core::hour_ms));
    result.push_back(feature(key, Aggregate::sum, core::day_ms));
    result.push_back(feature(key, Aggregate::mean, 7 * core::day_ms));
    result.push_back(feature(key, Aggregate::maximum, month));
    if (all) result.push_back(feature(key, Aggregate::distinct, core::day_ms));
  }
  return result;
}

// Uniform over `keys` keys of each of three attributes, spaced so that about 100 entries of a key lie in the
// month.
struct Stream {
  explicit Stream(std::size_t count)
      : keys(count),
        step(std::max<core::DurationMs>(1, month / static_cast<core::DurationMs>(count * kept_per_key))) {}
  EntryInputs next() {
    for (Scalar& attribute : attributes) attribute = Scalar::of(static_cast<std::int64_t>(random() % keys));
    values[0] = Scalar::of(static_cast<std::int64_t>(random() % 100000));
    values[1] = Scalar::of(static_cast<std::int64_t>(random() % 50));
    now += step;
    return EntryInputs{1, now, ++sequence, now - core::hour_ms, attributes, {}, values};
  }
  std::size_t keys;
  core::DurationMs step;
  std::mt19937_64 random{42};
  core::TimeMs now = 1'700'000'000'000;
  std::uint64_t sequence = 0;
  std::array<Scalar, 3> attributes;
  std::array<Scalar, 2> values;
};

void window_entry(benchmark::State& state, bool all) {
  const auto keys = static_cast<std::size_t>(state.range(0));
  Stream stream(keys);
  state::Arena arena;
  const auto definitions = features(all);
  auto plan = build_plan(definitions);
  Store store(arena, std::move(*plan), StoreOptions{hash_key, {}, {}});
  for (std::size_t i = 0; i < keys * kept_per_key; ++i) store.apply(stream.next());
  double sum = 0;
  for (auto _ : state) {
    const EntryInputs entry = stream.next();
    store.apply(entry);
    store.begin_evaluation(entry.attributes, entry.event_time, entry.sequence);
    for (std::uint32_t f = 0; f < definitions.size(); ++f) {
      const FeatureValue value = store.evaluate(f);
      sum += value.real + static_cast<double>(value.integer);
    }
  }
  benchmark::DoNotOptimize(sum);
  const StoreCounts counts = store.counts();
  state.counters["entries/key"] = static_cast<double>(counts.entries) / static_cast<double>(counts.keys);
  state.counters["bytes/key"] = static_cast<double>(arena.bytes_in_use()) / static_cast<double>(counts.keys);
}

void apply_only(benchmark::State& state) {
  const auto keys = static_cast<std::size_t>(state.range(0));
  Stream stream(keys);
  state::Arena arena;
  auto plan = build_plan(features(true));
  Store store(arena, std::move(*plan), StoreOptions{hash_key, {}, {}});
  for (std::size_t i = 0; i < keys * kept_per_key; ++i) store.apply(stream.next());
  for (auto _ : state) store.apply(stream.next());
}

// The floor: hash three keys, fetch three index lines, find three slots of 1 KiB, read a line of each.
void key_touch(benchmark::State& state) {
  const auto keys = static_cast<std::size_t>(state.range(0));
  Stream stream(keys);
  state::Arena arena;
  std::array<std::unique_ptr<state::Index>, 3> indexes;
  for (auto& index : indexes) {
    index = std::make_unique<state::Index>(arena, hash_key);
    for (std::size_t k = 0; k < keys; ++k) {
      const state::Ref slot = arena.allocate(1024);
      *arena.write(slot) = static_cast<std::byte>(k);
      const auto number = static_cast<std::int64_t>(k);
      index->insert(index->hash(core::as_text(std::as_bytes(std::span(&number, 1)))), slot);
    }
  }
  std::uint64_t sum = 0;
  for (auto _ : state) {
    const EntryInputs entry = stream.next();
    std::array<std::uint64_t, 3> hashes{};
    std::array<state::Ref, 3> slots{};
    for (std::size_t i = 0; i < 3; ++i) {
      hashes[i] = indexes[i]->hash(core::as_text(std::as_bytes(std::span(&entry.attributes[i].integer, 1))));
      indexes[i]->prefetch(hashes[i]);
    }
    for (std::size_t i = 0; i < 3; ++i) {
      slots[i] = indexes[i]->find(hashes[i], [](state::Ref) { return true; });
      arena.prefetch(slots[i]);
    }
    for (const state::Ref slot : slots) sum += static_cast<std::uint64_t>(*arena.read(slot));
  }
  benchmark::DoNotOptimize(sum);
}

BENCHMARK(key_touch)->Arg(1000)->Arg(20000);
BENCHMARK(apply_only)->Arg(1000)->Arg(20000);
BENCHMARK_CAPTURE(window_entry, twelve_features, false)->Arg(1000)->Arg(20000);
BENCHMARK_CAPTURE(window_entry, fifteen_features, true)->Arg(1000)->Arg(20000);

}  // namespace
}  // namespace tillwatch

BENCHMARK_MAIN();
