// Every bound of the language at its value and one past it: an answer, then an error that says what was
// passed and where.
#include "cel/bounds.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "cel/compare.h"
#include "cel/fault.h"
#include "cel/program.h"
#include "cel/value_text.h"

namespace tillwatch::cel {
namespace {

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

class AtTheBound : public testing::Test {
 protected:
  AtTheBound() {
    for (Value& value : numbers_) value = Value::integer(1);
    EXPECT_TRUE(environment_.declare("n", Type::list(Type::integer()), 0));
  }

  // The value, or "line:column: message" of a fault or of an error.
  std::string answer(const std::string& source, std::size_t arena_bytes = 1 << 20) {
    const auto program = compile(source, environment_, options_);
    if (!program) return program.error().front().to_string();
    Arena arena(arena_bytes);
    const Value slots[] = {Value::list(numbers_)};
    const Value value = evaluate(*program, slots, arena);
    if (!value.is_error()) return to_text(value);
    const Place place = place_of(source, value.failure->at);
    return std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
           std::string(value.failure->message);
  }

  CompileOptions options_;
  Arena arena_{0};

 private:
  Environment environment_ = Environment::standard();
  std::array<Value, 4> numbers_;
};

TEST_F(AtTheBound, OfTheSource) {
  const std::size_t most = options_.bounds.source_bytes_max;
  EXPECT_EQ(answer("1" + std::string(most - 1, ' ')), "1");
  EXPECT_EQ(answer("1" + std::string(most, ' ')),
            "1:1: the expression has 65537 octets; at most 65536 are allowed");
}

TEST_F(AtTheBound, OfNesting) {
  const std::size_t most = options_.bounds.nesting_max;
  EXPECT_EQ(answer(repeated("!", most - 1) + "true"), "false");
  const std::string deeper =
      ": the expression is nested deeper than 200 levels (split it, for instance into derived values)";
  EXPECT_EQ(answer(repeated("!", most) + "true"), "1:200" + deeper);
  EXPECT_EQ(answer(repeated("[", most - 1) + "1" + repeated("]", most - 1)).substr(0, 5), "[[[[[");
  EXPECT_EQ(answer(repeated("[", most) + "1" + repeated("]", most)), "1:201" + deeper);
  EXPECT_EQ(answer(repeated("1 + ", most - 1) + "1"), "200");
  EXPECT_EQ(answer(repeated("1 + ", most) + "1"), "1:799" + deeper);
  EXPECT_EQ(answer(repeated("(", most - 1) + "1" + repeated(")", most - 1)), "1");
  EXPECT_EQ(answer(repeated("(", most) + "1" + repeated(")", most)), "1:201" + deeper);
}

TEST_F(AtTheBound, OfItemsWrittenOut) {
  const std::size_t most = options_.bounds.literal_items_max;
  EXPECT_EQ(answer("size([" + repeated("1,", most) + "])"), "4096");
  const std::string more = ": more than 4096 items in one literal (keep long lists outside the expression)";
  EXPECT_EQ(answer("true &&\n [" + repeated("1,", most + 1) + "] == []"), "2:2" + more);
  std::string entries;
  for (std::size_t i = 0; i < most; ++i) entries += std::to_string(i) + ": 1,";
  EXPECT_EQ(answer("size({" + entries + "})"), "4096");
  EXPECT_EQ(answer("size({" + entries + "-1: 1})"), "1:6" + more);
}

TEST_F(AtTheBound, OfItemsMade) {
  options_.bounds.list_items_max = 8;
  EXPECT_EQ(answer("size(n + n)"), "8");
  EXPECT_EQ(answer("true &&\n size(n + n + [n[0]]) > 0"),
            "2:13: a list or map would have more items than allowed");
  EXPECT_EQ(answer("size((',,,,,,,' + string(n[0])).split(','))"), "8");
  EXPECT_EQ(answer("size((',,,,,,,,' + string(n[0])).split(','))"),
            "1:34: a list or map would have more items than allowed");
  EXPECT_EQ(answer("size(n.transformMapEntry(i, v, {i: v, i + 10: v}))"), "8");
  EXPECT_EQ(answer("size(n.transformMapEntry(i, v, {i: v, i + 10: v, i + 20: v}))"),
            "1:8: a list or map would have more items than allowed");
}

TEST_F(AtTheBound, OfInstructions) {
  const std::string source = "true &&\n n.all(a, n.all(b, a == b))";
  std::uint64_t least = 1;
  for (options_.bounds.instructions_max = least; answer(source) != "true";
       options_.bounds.instructions_max = ++least)
    ASSERT_LT(least, 1000u);
  EXPECT_GT(least, 16u);
  options_.bounds.instructions_max = least - 1;
  EXPECT_EQ(
      answer(source),
      "2:4: the evaluation takes more steps than allowed; make lists shorter or the expression simpler");
}

TEST_F(AtTheBound, OfMemory) {
  const std::string source = "true &&\n n.map(a, a + 1) == [2, 2, 2, 2]";
  std::size_t least = 0;
  std::set<std::string> refusals;
  while (answer(source, least) != "true") {
    refusals.insert(answer(source, least));
    ASSERT_LT(++least, 2000u);
  }
  EXPECT_GT(least, 64u);
  const std::string full =
      ": the evaluation needs more memory than its arena has; make the expression smaller";
  // Before anything runs, at the macro, at the list literal.
  EXPECT_EQ(refusals, (std::set<std::string>{"1:1" + full, "2:4" + full}));
}

// The arena has room for one place only: a second error of a full arena is told without.
TEST_F(AtTheBound, OfMemorySpentBefore) {
  cel::Run run{.arena = arena_, .budget = 100, .list_items_max = 10, .at = 7};
  const Value first = run.out_of_memory();
  run.at = 9;
  const Value second = run.out_of_memory();
  EXPECT_EQ(first.failure->at, 7u);
  EXPECT_EQ(second.failure->at, 0u);
  EXPECT_EQ(first.failure->message, second.failure->message);
  arena_.reset();
  EXPECT_EQ(run.out_of_memory().failure->at, 9u);
}

// Deeper than a source can be written: by cel.bind, or from an activation.
TEST_F(AtTheBound, OfListsInLists) {
  const std::uint32_t most = core::limits::cel_value_depth_max;
  std::vector<Value> nested(most + 2);
  nested[0] = Value::integer(1);
  for (std::size_t i = 1; i < nested.size(); ++i) nested[i] = Value::list({&nested[i - 1], 1});
  Arena arena(1024);
  cel::Run run{.arena = arena, .budget = 10'000, .list_items_max = 10};
  EXPECT_TRUE(equality(run, nested[most], nested[most]).is_true());
  run.at = 5;
  const Value deeper = equality(run, nested[most + 1], nested[most + 1]);
  ASSERT_TRUE(deeper.is_error());
  EXPECT_EQ(deeper.failure->at, 5u);
  EXPECT_EQ(deeper.failure->message, "lists or maps are nested too deep to compare");
}

}  // namespace
}  // namespace tillwatch::cel
