// A set of conditions answers as each condition alone, for random conditions and events, and shares what is
// equal.
#include "cel/rule_set.h"

#include <gtest/gtest.h>

#include "cel/random_expression.h"
#include "cel/value_text.h"

namespace tillwatch::cel {
namespace {

TEST(RuleSet, AnswersAsEachConditionAlone) {
  const Environment environment = test_environment();
  RuleSet set;
  std::vector<std::string> sources;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    sources.push_back(ExpressionMaker(seed + 77'000).boolean(3));
    const auto number = set.add(sources.back(), environment);
    ASSERT_TRUE(number) << sources.back();
    ASSERT_EQ(*number, seed - 1);
  }
  Arena arena(8 << 20);
  Arena alone(1 << 20);
  PredicatePlanes planes;
  for (std::uint64_t event = 1; event <= 60; ++event) {
    TestActivation activation(event);
    arena.reset();
    planes.begin(set.predicates());
    for (std::uint32_t rule = 0; rule < set.size(); ++rule) {
      alone.reset();
      const std::string together = to_text(set.evaluate(rule, activation, arena, planes));
      ASSERT_EQ(together, to_text(evaluate(set.program(rule), activation, alone))) << event << "\n"
                                                                                   << sources[rule];
    }
    planes.begin(set.predicates());
    for (std::uint32_t rule = 0; rule < set.size(); ++rule) {
      alone.reset();
      ASSERT_EQ(to_text(set.evaluate(rule, activation.values(), arena, planes)),
                to_text(evaluate(set.program(rule), activation, alone)));
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
  RuleSet set;
  for (const std::string_view source :
       {"amount > 500000 && count >= 3", "count >= 3 || amount > 500000", "!(amount>500000) && count >= 4",
        "(amount > 500000 || count >= 4) && !(count >= 3 && amount > 500000)",
        "[1, 2].exists(x, x + count == 5) && [1, 2].exists(item, item + count == 5)"})
    ASSERT_TRUE(set.add(source, environment)) << source;
  EXPECT_EQ(set.predicates(), 4u);
  CountingActivation activation;
  Arena arena(1 << 16);
  PredicatePlanes planes;
  planes.begin(set.predicates());
  const bool expected[] = {true, true, false, false, true};
  for (std::uint32_t rule = 0; rule < 4; ++rule)
    EXPECT_EQ(set.evaluate(rule, activation, arena, planes).is_true(), expected[rule]) << rule;
  EXPECT_EQ(activation.loads, 2);
  EXPECT_EQ(set.evaluate(4, activation, arena, planes).is_true(), expected[4]);
  EXPECT_EQ(activation.loads, 4);
}

TEST(RuleSet, RefusesWhatIsNoCondition) {
  RuleSet set;
  EXPECT_FALSE(set.add("1 + 1", Environment::standard()));
  EXPECT_FALSE(set.add("nothing > 1", Environment::standard()));
  EXPECT_EQ(set.size(), 0u);
  ASSERT_TRUE(set.add("true", Environment::standard()));
}

}  // namespace
}  // namespace tillwatch::cel
