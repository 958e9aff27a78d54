// Single expressions: predicates of numbers and of texts, and compilation. Rules together: rules_bench.cpp.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "cel/program.h"
#include "core/check.h"

namespace {
using namespace tillwatch::cel;

class Slots final : public Activation {
 public:
  explicit Slots(const Value* values) : values_(values) {}
  Value load(std::uint32_t slot) override { return values_[slot]; }

 private:
  const Value* values_;
};

Environment numbers() {
  Environment environment = Environment::standard();
  CHECK(environment.declare("a0", Type::integer(), 0).has_value());
  CHECK(environment.declare("a1", Type::integer(), 1).has_value());
  return environment;
}

void one_predicate(benchmark::State& state) {
  const auto program = compile("a0 > 500 && a1 >= 3", numbers());
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
  const Environment environment = numbers();
  for (auto _ : state)
    benchmark::DoNotOptimize(compile("(a0 > 500 && a1 >= 3) || (a1 < 2 && a0 + a1 != 7)", environment));
}
BENCHMARK(compile_one_rule);

}  // namespace

BENCHMARK_MAIN();
