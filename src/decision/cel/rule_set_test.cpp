// A set of conditions answers as each condition alone, for random conditions and events, and shares what is
// equal.
#include "cel/rule_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "cel/random_expression.h"
#include "cel/random_term.h"
#include "cel/syntax.h"
#include "cel/tree_evaluator.h"
#include "cel/value_text.h"
#include "sim/rounds.h"

namespace tillwatch::cel {
namespace {

bool agrees(Verdict verdict, const Value& answer) {
  switch (verdict) {
    case Verdict::is_false:
      return answer.is_false();
    case Verdict::is_true:
      return answer.is_true();
    case Verdict::absent:
      return answer.is_error() && answer.failure->kind == ErrorKind::no_such_attribute;
    case Verdict::open:
      return true;
  }
  return false;
}

// Compares every answer of the set with the program of the condition alone.
void expect_answers(const RuleSet& set, Activation& activation, std::span<const Value> slots, Arena& arena,
                    PredicatePlanes& planes, const std::vector<std::string>& sources, std::uint64_t event) {
  Arena alone(1 << 20);
  for (const bool by_array : {false, true}) {
    arena.reset();
    by_array ? set.begin(slots, planes) : set.begin(activation, planes);
    for (std::uint32_t rule = 0; rule < set.size(); ++rule) {
      alone.reset();
      const Value expected = evaluate(*set.program(rule), activation, alone);
      ASSERT_TRUE(agrees(set.verdict(rule, planes), expected)) << event << "\n" << sources[rule];
      const Value together =
          by_array ? set.evaluate(rule, slots, arena, planes) : set.evaluate(rule, activation, arena, planes);
      ASSERT_EQ(to_text(together), to_text(expected)) << "event " << event << "\n" << sources[rule];
    }
  }
}

TEST(RuleSet, AnswersAsEachConditionAlone) {
  const Environment environment = test_environment();
  for (const std::uint32_t lazy_from : {0u, 6u, 11u}) {
    RuleSet set;
    std::vector<std::string> sources;
    for (std::uint64_t seed = 1; seed <= 600; ++seed) {
      sources.push_back(ExpressionMaker(seed + 77'000).boolean(3));
      const auto number = set.add(sources.back(), environment);
      ASSERT_TRUE(number) << sources.back();
      ASSERT_EQ(*number, seed - 1);
    }
    set.arrange([lazy_from](std::uint32_t slot) { return slot < lazy_from; });
    Arena arena(8 << 20);
    PredicatePlanes planes;
    for (std::uint64_t event = 1; event <= sim::rounds(30); ++event) {
      TestActivation activation(event);
      expect_answers(set, activation, activation.values(), arena, planes, sources, event);
    }
  }
}

// Terms over variables of every type with constants of every type; values of the declared type, at and beside
// the constants, but also absent, unknown, errors and values of other types.
TEST(RuleSet, AnswersAsTheTreeForEveryTypeAndFailure) {
  const Environment environment = term_environment();
  for (std::uint64_t seed = 1; seed <= sim::rounds(8); ++seed) {
    TermMaker maker(seed);
    RuleSet set;
    std::vector<std::string> sources;
    std::vector<Tree> trees;
    for (int i = 0; i < 250; ++i) {
      sources.push_back(maker.condition());
      ASSERT_TRUE(set.add(sources.back(), environment)) << sources.back();
      trees.push_back(*analyze(sources.back(), environment));
    }
    const std::uint64_t lazy = seed % 4;
    set.arrange([lazy](std::uint32_t slot) { return lazy != 3 && slot % 3 >= lazy; });
    Arena arena(8 << 20);
    Arena alone(1 << 20);
    PredicatePlanes planes;
    for (std::uint64_t event = 0; event < 40; ++event) {
      TermActivation activation(maker);
      expect_answers(set, activation, activation.values(), arena, planes, sources, seed * 1000 + event);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed;
      for (std::uint32_t rule = 0; rule < set.size(); ++rule) {
        alone.reset();
        const Value tree = evaluate_tree(trees[rule], activation, alone, Bounds{}, nullptr);
        const Value answer = set.evaluate(rule, activation, arena, planes);
        ASSERT_EQ(tree.is_error(), answer.is_error()) << "seed " << seed << "\n" << sources[rule];
        ASSERT_EQ(tree.is_error() ? "" : to_text(answer), tree.is_error() ? "" : to_text(tree))
            << "seed " << seed << "\n"
            << sources[rule];
      }
    }
  }
}

class CountingActivation final : public Activation {
 public:
  Value load(std::uint32_t slot) override {
    ++loads;
    return slot == 0 ? Value::integer(600'000) : Value::integer(3);
  }
  int loads = 0;
};

TEST(RuleSet, SharesEqualPredicates) {
  Environment environment = Environment::standard();
  ASSERT_TRUE(environment.declare("amount", Type::integer(), 0));
  ASSERT_TRUE(environment.declare("count", Type::integer(), 1));
  for (const bool at_hand : {false, true}) {
    RuleSet set;
    for (const std::string_view source :
         {"amount > 500000 && count >= 3", "count >= 3 || amount > 500000", "!(amount>500000) && count >= 4",
          "(amount > 500000 || count >= 4) && !(count >= 3 && amount > 500000)",
          "[1, 2].exists(x, x + count == 5) && size([count]) == 1"})
      ASSERT_TRUE(set.add(source, environment)) << source;
    EXPECT_EQ(set.predicates(), 5u);
    set.arrange([at_hand](std::uint32_t) { return at_hand; });
    CountingActivation activation;
    Arena arena(1 << 16);
    PredicatePlanes planes;
    set.begin(activation, planes);
    EXPECT_EQ(activation.loads, at_hand ? 2 : 0);
    const bool expected[] = {true, true, false, false, true};
    for (std::uint32_t rule = 0; rule < 4; ++rule)
      EXPECT_EQ(set.evaluate(rule, activation, arena, planes).is_true(), expected[rule]) << rule;
    EXPECT_EQ(activation.loads, 2) << "each variable is loaded once for all its predicates";
    EXPECT_EQ(set.evaluate(4, activation, arena, planes).is_true(), expected[4]);
    EXPECT_EQ(activation.loads, 5);
  }
}

// What another term settles is not asked for.
TEST(RuleSet, DoesNotLoadWhatCannotMatter) {
  Environment environment = Environment::standard();
  ASSERT_TRUE(environment.declare("cheap", Type::integer(), 0));
  ASSERT_TRUE(environment.declare("costly", Type::integer(), 1));
  RuleSet set;
  ASSERT_TRUE(set.add("costly > 1 && cheap < 0", environment));
  ASSERT_TRUE(set.add("costly > 1 || cheap > 0", environment));
  set.arrange([](std::uint32_t slot) { return slot == 0; });
  CountingActivation activation;
  PredicatePlanes planes;
  Arena arena(1 << 16);
  set.begin(activation, planes);
  EXPECT_TRUE(set.evaluate(0, activation, arena, planes).is_false());
  EXPECT_TRUE(set.evaluate(1, activation, arena, planes).is_true());
  EXPECT_EQ(activation.loads, 1);
}

// More predicates on one variable than a table takes, long lists, and constants that begin alike.
TEST(RuleSet, AnswersForManyConstantsOfOneVariable) {
  Environment environment = Environment::standard();
  ASSERT_TRUE(environment.declare("n", Type::integer(), 0));
  ASSERT_TRUE(environment.declare("t", Type::text(), 1));
  std::vector<std::string> sources;
  std::string numbers, texts;
  for (int i = 0; i < 1500; ++i) {
    numbers += (i == 0 ? "" : ", ") + std::to_string(3 * i);
    texts += (i == 0 ? "'" : ", 'merchant-") + std::to_string(3 * i) + "'";
  }
  sources.push_back("n in [" + numbers + "]");
  sources.push_back("t in [" + texts + "]");
  sources.emplace_back("!(n in [0, 9223372036854775807, 5])");
  for (int i = 0; i < 300; ++i) {
    sources.push_back("n >= " + std::to_string(i * 7) + " && n != " + std::to_string(i * 5));
    sources.push_back("t < 'merchant-" + std::to_string(i) + "' || t == 'merch'");
  }
  RuleSet set;
  for (const std::string& source : sources) ASSERT_TRUE(set.add(source, environment)) << source;
  set.arrange([](std::uint32_t) { return true; });
  Arena arena(1 << 20);
  PredicatePlanes planes;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> values = {most, most - 1, -most - 1, 0, -1};
  for (std::int64_t i = 0; i < 200; ++i) values.push_back(i * 23);
  for (const std::int64_t value : values) {
    const std::string text = value % 2 == 0 ? "merchant-" + std::to_string(value) : std::string("mer");
    const Value slots[] = {Value::integer(value), Value::text(text)};
    set.begin(slots, planes);
    Arena alone(1 << 20);
    for (std::uint32_t rule = 0; rule < set.size(); ++rule) {
      alone.reset();
      ASSERT_EQ(set.evaluate(rule, slots, arena, planes).is_true(),
                evaluate(*set.program(rule), slots, alone).is_true())
          << value << " " << sources[rule].substr(0, 100);
    }
  }
}

TEST(RuleSet, TwoLoopsShareTheConditionsBudget) {
  Environment environment = Environment::standard();
  ASSERT_TRUE(environment.declare("n", Type::list(Type::integer()), 0));
  CompileOptions options;
  options.bounds.instructions_max = 1000;
  RuleSet set;
  const std::string loop = "n.all(x, x + 1 > 0)";
  ASSERT_TRUE(set.add(loop + " && !n.exists(x, x - 1 > 5)", environment, options));
  ASSERT_TRUE(set.add(loop, environment, options));
  set.arrange([](std::uint32_t) { return true; });
  const std::vector<Value> items(120, Value::integer(1));
  const Value slots[] = {Value::list(items)};
  Arena arena(1 << 20), alone(1 << 20);
  PredicatePlanes planes;
  set.begin(slots, planes);
  for (std::uint32_t rule = 0; rule < 2; ++rule)
    EXPECT_EQ(to_text(set.evaluate(rule, slots, arena, planes)),
              to_text(evaluate(*set.program(rule), slots, alone)));
  EXPECT_TRUE(evaluate(*set.program(0), slots, alone).is_error()) << "the budget must be too small for both";
  EXPECT_TRUE(evaluate(*set.program(1), slots, alone).is_true());
}

TEST(RuleSet, RefusesWhatIsNoCondition) {
  RuleSet set;
  EXPECT_FALSE(set.add("1 + 1", Environment::standard()));
  EXPECT_FALSE(set.add("nothing > 1", Environment::standard()));
  EXPECT_EQ(set.size(), 0u);
  ASSERT_TRUE(set.add("true", Environment::standard()));
  ASSERT_TRUE(set.add("!true || 2 < 1", Environment::standard()));
  set.arrange([](std::uint32_t) { return true; });
  PredicatePlanes planes;
  set.begin(std::span<const Value>{}, planes);
  EXPECT_EQ(set.verdict(0, planes), Verdict::is_true);
  EXPECT_EQ(set.verdict(1, planes), Verdict::is_false);
}

}  // namespace
}  // namespace tillwatch::cel
