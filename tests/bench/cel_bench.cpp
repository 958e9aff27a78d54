// Expressions: one predicate, compilation, and 500 rules of 2 to 6 terms over 120 attributes against the same
// rules as hand-written C++. Every answer of the set is compared with the hand-written one before anything is
// measured.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "cel/program.h"
#include "cel/rule_set.h"
#include "cel_rules.inc"
#include "core/check.h"

namespace {
using namespace tillwatch::cel;

constexpr std::size_t rule_count = std::size(rule_sources);
constexpr std::size_t event_count = 256;

class Slots final : public Activation {
 public:
  explicit Slots(const Value* values) : values_(values) {}
  Value load(std::uint32_t slot) override { return values_[slot]; }

 private:
  const Value* values_;
};

struct World {
  World() {
    environment = Environment::standard();
    for (int i = 0; i < attribute_count; ++i)
      CHECK(environment.declare("a" + std::to_string(i), Type::integer(), static_cast<std::uint32_t>(i))
                .has_value());
    std::uint64_t state = 7;
    numbers.resize(event_count * attribute_count);
    for (std::int64_t& number : numbers) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      number = static_cast<std::int64_t>((state >> 33) % 1000);
      values.push_back(Value::integer(number));
    }
  }
  const std::int64_t* raw(std::size_t event) const { return numbers.data() + event * attribute_count; }
  std::span<const Value> slots(std::size_t event) const {
    return {values.data() + event * attribute_count, attribute_count};
  }
  Environment environment;
  std::vector<std::int64_t> numbers;
  std::vector<Value> values;
};

RuleSet make_set(const World& world) {
  RuleSet set;
  for (const char* source : rule_sources) CHECK(set.add(source, world.environment).has_value());
  return set;
}

void one_predicate(benchmark::State& state) {
  const World world;
  const auto program = compile("a0 > 500 && a1 >= 3", world.environment);
  Arena arena(4096);
  const Value values[] = {Value::integer(501), Value::integer(3)};
  Slots slots(values);
  for (auto _ : state) {
    arena.reset();
    benchmark::DoNotOptimize(evaluate(*program, slots, arena));
  }
}
BENCHMARK(one_predicate);

void one_predicate_of_texts(benchmark::State& state) {
  Environment environment = Environment::standard();
  CHECK(environment.declare("mcc", Type::text(), 0).has_value());
  CHECK(environment.declare("currency", Type::text(), 1).has_value());
  const auto program =
      compile("mcc in ['5411', '5412', '5999', '6011', '7995'] && currency != 'CNY'", environment);
  Arena arena(4096);
  const Value values[] = {Value::text("7995"), Value::text("USD")};
  for (auto _ : state) {
    arena.reset();
    benchmark::DoNotOptimize(evaluate(*program, values, arena));
  }
}
BENCHMARK(one_predicate_of_texts);

void compile_one_rule(benchmark::State& state) {
  const World world;
  std::size_t next = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(compile(rule_sources[next++ % rule_count], world.environment));
}
BENCHMARK(compile_one_rule);

void rules_by_hand(benchmark::State& state) {
  const World world;
  bool fired[rule_count];
  std::size_t event = 0;
  for (auto _ : state) {
    judge_by_hand(world.raw(event++ % event_count), fired);
    benchmark::DoNotOptimize(fired);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rule_count));
}
BENCHMARK(rules_by_hand);

void rules_one_by_one(benchmark::State& state) {
  const World world;
  const RuleSet set = make_set(world);
  Arena arena(1 << 20);
  std::size_t event = 0;
  for (auto _ : state) {
    const auto slots = world.slots(event++ % event_count);
    for (std::uint32_t rule = 0; rule < rule_count; ++rule) {
      arena.reset();
      benchmark::DoNotOptimize(evaluate(set.program(rule), slots, arena));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rule_count));
}
BENCHMARK(rules_one_by_one);

void rules_as_a_set(benchmark::State& state) {
  const World world;
  const RuleSet set = make_set(world);
  Arena arena(1 << 20);
  PredicatePlanes planes;
  for (std::size_t event = 0; event < event_count; ++event) {
    bool fired[rule_count];
    judge_by_hand(world.raw(event), fired);
    arena.reset();
    planes.begin(set.predicates());
    for (std::uint32_t rule = 0; rule < rule_count; ++rule)
      CHECK(set.evaluate(rule, world.slots(event), arena, planes).is_true() == fired[rule]);
  }
  std::size_t event = 0;
  for (auto _ : state) {
    const auto slots = world.slots(event++ % event_count);
    arena.reset();
    planes.begin(set.predicates());
    for (std::uint32_t rule = 0; rule < rule_count; ++rule)
      benchmark::DoNotOptimize(set.evaluate(rule, slots, arena, planes));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rule_count));
  state.counters["predicates"] = static_cast<double>(set.predicates());
}
BENCHMARK(rules_as_a_set);

}  // namespace

BENCHMARK_MAIN();
