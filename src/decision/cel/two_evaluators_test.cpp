// The flat program and the plain tree evaluator agree on random expressions; some ten thousand of them, or as
// many as TILLWATCH_CEL_RANDOM says (tests/conformance/two_evaluators runs ten million). And the answer of &&
// and || never depends on the order of their operands.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "cel/compare.h"
#include "cel/evaluator_comparison_fixture.h"
#include "cel/program.h"
#include "cel/random_expression.h"
#include "cel/syntax.h"
#include "cel/tree_evaluator.h"
#include "cel/value_text.h"
#include "sim/rounds.h"

namespace tillwatch::cel {
namespace {

std::uint64_t rounds() {
  const char* wish = std::getenv("TILLWATCH_CEL_RANDOM");
  return wish == nullptr ? sim::rounds(10'000) : std::strtoull(wish, nullptr, 10);
}

TEST(TwoEvaluators, AgreeOnEveryTypeAndFunction) {
  EvaluatorComparison comparison;
  for (std::uint64_t seed = 1; seed <= rounds(); ++seed) ASSERT_EQ(comparison.compare(seed), "");
  const EvaluatorComparison::Tally& tally = comparison.tally();
  EXPECT_GT(tally.values, rounds() / 10);
  EXPECT_GT(tally.errors, rounds() / 20);
  EXPECT_GT(tally.unknowns, rounds() / 50);
  EXPECT_LT(tally.limits, rounds() / 100);
  for (const Kind kind :
       {Kind::null, Kind::boolean, Kind::integer, Kind::uinteger, Kind::real, Kind::text, Kind::bytes,
        Kind::timestamp, Kind::duration, Kind::list, Kind::map, Kind::optional})
    EXPECT_TRUE(tally.kinds.contains(kind)) << static_cast<int>(kind);
}

// Of errors only their being errors is compared: which of several is told may differ.
std::string comparable(const Value& value) {
  return value.is_error() ? "error" : to_text(value);
}

TEST(TwoEvaluators, AgreeOnRandomExpressions) {
  const Environment environment = test_environment();
  Arena flat_arena(1 << 20);
  Arena tree_arena(8 << 20);
  std::uint64_t values = 0;
  std::uint64_t errors = 0;
  std::uint64_t unknowns = 0;
  for (std::uint64_t seed = 1; seed <= rounds(); ++seed) {
    const std::string source = ExpressionMaker(seed).any();
    auto tree = analyze(source, environment);
    ASSERT_TRUE(tree.has_value()) << "seed " << seed << "\n" << source << "\n" << tree.error()[0].to_string();
    const auto program = compile_part(*tree, tree->root, source, environment);
    ASSERT_TRUE(program.has_value()) << "seed " << seed << "\n" << source;
    TestActivation activation(seed);
    flat_arena.reset();
    tree_arena.reset();
    const Value flat = evaluate(*program, activation, flat_arena);
    const Value plain = evaluate_tree(*tree, activation, tree_arena);
    ASSERT_EQ(comparable(flat), comparable(plain)) << "seed " << seed << "\n"
                                                   << source << "\n"
                                                   << program->disassemble();
    const Value array = evaluate(*program, activation.values(), flat_arena);
    ASSERT_EQ(to_text(array), to_text(flat)) << "seed " << seed << "\n" << source;
    values += flat.is_value() ? 1u : 0u;
    errors += flat.is_error() ? 1u : 0u;
    unknowns += flat.is_unknown() ? 1u : 0u;
  }
  // The generator must reach all three, or the test says little.
  EXPECT_GT(values, rounds() / 10);
  EXPECT_GT(errors, rounds() / 20);
  EXPECT_GT(unknowns, rounds() / 50);
}

TEST(TwoEvaluators, LogicDoesNotDependOnOrder) {
  const Environment environment = test_environment();
  Arena arena(4 << 20);
  for (std::uint64_t seed = 1; seed <= sim::rounds(1500); ++seed) {
    ExpressionMaker maker(seed + 1'000'000);
    std::array<std::string, 3> parts = {maker.boolean(2), maker.boolean(2), maker.boolean(1)};
    TestActivation activation(seed);
    for (const std::string_view sign : {" && ", " || "}) {
      std::string first;
      std::array<int, 3> order = {0, 1, 2};
      do {
        arena.reset();
        std::string source;
        for (const int i : order)
          source += (source.empty() ? "" : std::string(sign)) + parts[static_cast<std::size_t>(i)];
        const auto program = compile(source, environment);
        ASSERT_TRUE(program.has_value()) << source;
        const std::string answer = comparable(evaluate(*program, activation, arena));
        if (first.empty()) first = answer;
        ASSERT_EQ(answer, first) << "seed " << seed << "\n" << source;
      } while (std::next_permutation(order.begin(), order.end()));
    }
  }
}

}  // namespace
}  // namespace tillwatch::cel
