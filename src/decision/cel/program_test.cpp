// Programs as their callers see them: types, slots, cost, macros, absent and unknown variables, bounds.
#include "cel/program.h"

#include <gtest/gtest.h>

#include "cel/expression_answer.h"
#include "cel/logic.h"
#include "cel/random_expression.h"
#include "cel/syntax.h"

namespace tillwatch::cel {
namespace {

const Expected macros[] = {
    {"[1, 2, 3].all(x, x > 0) && ![1, 2, 3].all(x, x > 1) && [].all(x, false)", "true"},
    {"[1, 2, 3].exists(x, x > 2) && ![].exists(x, true)", "true"},
    {"[1, 2, 3].exists_one(x, x > 2) && ![1, 2, 3].existsOne(x, x > 1)", "true"},
    {"[3, 2, 1, 0].exists_one(x, 12 / x > 4)", "error: division by zero"},
    {"[1, 2, 0].all(x, 6 / x > 100)", "false"},
    {"[0, 1].all(x, 6 / x > 0)", "error: division by zero"},
    {"[0, 1].exists(x, 6 / x > 0)", "true"},
    {"[1, 2, 3].map(x, x * x)", "[1, 4, 9]"},
    {"[1, 2, 3].map(x, x > 1, x * x)", "[4, 9]"},
    {"{'b': 1, 'a': 2}.map(k, k)", "[\"a\", \"b\"]"},
    {"{'b': 1, 'a': 2}.filter(k, k > 'a')", "[\"b\"]"},
    {"[[1, 2], [3]].map(x, x.map(y, y + size(x)))", "[[3, 4], [4]]"},
    {"[5, 6].all(i, v, v == i + 5) && {'a': 1}.exists(k, v, k == 'a' && v == 1)", "true"},
    {"[5, 6].existsOne(i, v, i == 1) && [5, 6].exists_one(i, v, v == 5)", "true"},
    {"[5, 6].transformList(i, v, i * v)", "[0, 6]"},
    {"[5, 6].transformList(i, v, i > 0, v)", "[6]"},
    {"{'a': 1, 'b': 2}.transformList(k, v, k + string(v))", "[\"a1\", \"b2\"]"},
    {"[5, 6].transformMap(i, v, v * 2)", "{0: 10, 1: 12}"},
    {"{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v)", "{\"b\": 2}"},
    {"['x', 'y'].transformMapEntry(i, v, {v: i})", "{\"x\": 0, \"y\": 1}"},
    {"['x', 'x'].transformMapEntry(i, v, {v: i})", "error: the same key is in the map twice"},
    {"['x', 'y'].transformMapEntry(i, v, i > 0, {v: i, v + v: i})", "{\"y\": 1, \"yy\": 1}"},
    {"cel.bind(x, 2, cel.bind(y, x * 3, x + y))", "8"},
    {"cel.bind(x, 1 / 0, true || x == 1)", "true"},
    {"cel.bind(x, 1 / 0, x == 1)", "error: division by zero"},
    {"[1].map(x, cel.bind(y, x, [y].map(x, x + y)))", "[[2]]"},
    {"{'a': 1}.a + {'a': {'b': 2}}.a.b + {'content-type': 4}.`content-type`", "7"},
    {"has({'a': null}.a) && !has({'a': 1}.b)", "true"},
    {"{1: 1, 1: 2}", "error: the same key is in the map twice"},
    {"{dyn(1): 1, dyn(1u): 2}", "error: the same key is in the map twice"},
    {"{dyn(1.5): 1}", "error: a map key is a bool, int, uint or string, not 'double'"},
    {"[1][1]", "error: the index is outside the list"},
    {"[1][-1]", "error: the index is outside the list"},
    {"{'a': 1}['b']", "error: no such key: 'b'"},
    {"{'a': 1}.b", "error: no such key: 'b'"},
};
TEST(Program, Macros) {
  for (const Expected& row : macros) EXPECT_EQ(answer_of(row.source), row.answer) << row.source;
}

struct Typed {
  std::string_view source;
  std::string_view type;
};
TEST(Program, Types) {
  const Typed table[] = {{"1 + 1", "int"},
                         {"[]", "list(dyn)"},
                         {"[1, 'a']", "list(dyn)"},
                         {"[[], [1]]", "list(list(int))"},
                         {"{'a': [1u]}", "map(string, list(uint))"},
                         {"[1, 2].map(x, string(x))", "list(string)"},
                         {"{'a': 1}.transformMap(k, v, double(v))", "map(string, double)"},
                         {"true ? [] : ['a']", "list(string)"},
                         {"optional.of(1).optMap(x, [x])", "optional(list(int))"},
                         {"{'a': 1}.?a", "optional(int)"},
                         {"dyn(1)", "dyn"},
                         {"dyn([1])[0]", "dyn"},
                         {"type(1)", "type(int)"},
                         {"math.greatest(1, 2)", "int"},
                         {"math.greatest(1, 2.0)", "dyn"},
                         {"timestamp(0) - timestamp(1)", "duration"},
                         {"[].map(x, x)", "list(dyn)"},
                         {"[].map(x, x + x)", "list(dyn)"},
                         {"[].map(x, x + 1)", "list(int)"},
                         {"[].map(x, math.bitNot(x)) == [1u]", "bool"},
                         {"{?'a': {}['b']}", "map(string, dyn)"},
                         {"[?{}['a']]", "list(dyn)"},
                         {"{}['a'].optMap(x, 1)", "optional(int)"},
                         {"optional.of(1).optFlatMap(x, {}['a'])", "optional(dyn)"},
                         {"[1].transformMapEntry(i, v, {}['a'])", "map(dyn, dyn)"},
                         {"dyn(1) + 1", "int"},
                         {"dyn(1) + dyn(1)", "dyn"},
                         {"[1].first()", "optional(int)"}};
  for (const Typed& row : table) {
    const auto program = compile(row.source, Environment::standard());
    ASSERT_TRUE(program) << row.source << program.error()[0].to_string();
    EXPECT_EQ(program->type().to_string(), row.type) << row.source;
  }
}

Environment small_world() {
  Environment environment = Environment::standard();
  EXPECT_TRUE(environment.declare("amount", Type::integer(), 7));
  const std::vector<Variable> merchant = {{"mcc", Type::text(), 2, {}}, {"age_days", Type::integer(), 3, {}}};
  EXPECT_TRUE(environment.declare_record("merchant", merchant));
  return environment;
}

TEST(Program, SlotsAndCost) {
  const auto program =
      compile("merchant.mcc == '5411' && amount > 1 || amount < 0 || has(merchant.age_days)", small_world());
  ASSERT_TRUE(program) << program.error()[0].to_string();
  const std::vector<std::uint32_t> slots(program->slots_read().begin(), program->slots_read().end());
  EXPECT_EQ(slots, (std::vector<std::uint32_t>{2, 3, 7}));
  EXPECT_LE(program->max_stack(), 3u);
  EXPECT_LT(program->cost(), 12u);
  const auto loop = compile("[1, 2, 3].exists(x, x == amount)", small_world());
  ASSERT_TRUE(loop);
  EXPECT_GT(loop->cost(), 9u);
}

TEST(Program, ComputesConstantPartsOnce) {
  const auto program = compile("amount > 24 * 60 * 60 && size([1, 2].map(x, x + 1)) == 2", small_world());
  ASSERT_TRUE(program);
  EXPECT_EQ(program->disassemble(),
            "   0  relation_and amount > 86400 -> 3\n   1  constant true\n   2  and\n   3  finish\n");
}

TEST(Program, AbsentVariables) {
  const std::vector<Value> slots = {Value{}, Value{}, Value::text("5411"), Value{}, Value{},
                                    Value{}, Value{}, Value::integer(1)};
  const auto answer = [&](std::string_view source) { return answer_of(source, small_world(), slots); };
  EXPECT_EQ(answer("merchant.age_days > 3"), "error: no such attribute: 'merchant.age_days'");
  EXPECT_EQ(answer("has(merchant.age_days) && merchant.age_days > 3"), "false");
  EXPECT_EQ(answer("has(merchant.mcc) ? merchant.mcc : 'none'"), "\"5411\"");
  EXPECT_EQ(answer("merchant.age_days > 3 || amount == 1"), "true");
  EXPECT_EQ(answer("3 < merchant.age_days && amount == 2"), "false");
  // A slot past the end of the array is absent too.
  EXPECT_EQ(answer_of("amount > 1", small_world(), {}), "error: no such attribute: 'amount'");
}

// The pattern of matches() stands on the stack only where the operand is no text: room for it must be there,
// or the message of the error is written over.
TEST(Program, MatchesKeepsRoomForItsPattern) {
  const auto program = compile("merchant.mcc.matches('[0-9]+')", small_world());
  ASSERT_TRUE(program);
  EXPECT_EQ(program->max_stack(), 2u);
  EXPECT_EQ(answer_of("merchant.mcc.matches('[0-9]+')", small_world(), {}),
            "error: no such attribute: 'merchant.mcc'");
}

TEST(Program, PresenceOfPlainVariablesOnlyWhereAllowed) {
  Environment environment = small_world();
  const std::vector<Value> none;
  EXPECT_EQ(
      answer_of("has(amount)", environment, none),
      "1:1: has() asks for an attribute of something, not for 'amount' itself (as in has(merchant.mcc))");
  environment.allow_presence_of_variables();
  EXPECT_EQ(answer_of("has(amount)", environment, none), "false");
}

TEST(Program, UnknownsNameTheirSlots) {
  Environment environment = Environment::standard();
  ASSERT_TRUE(environment.declare("a", Type::boolean(), 5));
  ASSERT_TRUE(environment.declare("b", Type::boolean(), 3));
  ASSERT_TRUE(environment.declare("n", Type::integer(), 4));
  std::vector<Value> slots(6, Value::unknown());
  const auto answer = [&](std::string_view source) { return answer_of(source, environment, slots); };
  EXPECT_EQ(answer("a"), "<unknown: 5>");
  EXPECT_EQ(answer("a && b"), "<unknown: 3 5>");
  EXPECT_EQ(answer("a || b || a"), "<unknown: 3 5>");
  EXPECT_EQ(answer("a && false"), "false");
  EXPECT_EQ(answer("true || a"), "true");
  // Knowing a could absorb the error, so the answer is not an error yet; in a strict function it can not.
  EXPECT_EQ(answer("a && 1 / 0 == 1"), "<unknown: 5>");
  EXPECT_EQ(answer("1 / 0 == 1 && a"), "<unknown: 5>");
  EXPECT_EQ(answer("n + 1 / 0"), "error: division by zero");
  EXPECT_EQ(answer("1 / 0 + n"), "error: division by zero");
  EXPECT_EQ(answer("a ? 1 : 2"), "<unknown: 5>");
  EXPECT_EQ(answer("n > 3 && b"), "<unknown: 3 4>");
  EXPECT_EQ(answer("[1, 2].exists(x, x == n || b)"), "<unknown: 3 4>");
  EXPECT_EQ(answer("[1, 2].exists(x, x == n || x == 2)"), "true");
  EXPECT_EQ(answer("[1, n].size() == 2"), "<unknown: 4>");
  EXPECT_EQ(answer("[1, 2].map(x, x + n)"), "<unknown: 4>");
  EXPECT_EQ(answer("[1, 2].filter(x, a)"), "<unknown: 5>");
  EXPECT_EQ(answer("has({'k': n}.k)"), "<unknown: 4>");
}

TEST(Program, RefusesOtherTypesThanExpected) {
  CompileOptions options;
  options.expected = Type::boolean();
  const auto answer = [&](std::string_view source) { return answer_of(source, small_world(), {}, options); };
  EXPECT_EQ(answer("1 + 1"), "1:3: the expression is int, but bool is wanted (compare it, as in x > 0)");
  EXPECT_EQ(answer("true"), "true");
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(Bounds, SourceAndNesting) {
  CompileOptions options;
  options.bounds.source_bytes_max = 10;
  options.bounds.nesting_max = 5;
  const auto answer = [&](const std::string& source) {
    return answer_of(source, Environment::standard(), {}, options);
  };
  EXPECT_EQ(answer("1 + 2 + 34"), "37");
  EXPECT_EQ(answer("1 + 2 + 345"), "1:1: the expression has 11 octets; at most 10 are allowed");
  EXPECT_EQ(answer("[[[[1]]]]"), "[[[[1]]]]");
  EXPECT_EQ(answer("[[[[[1]]]]]").substr(0, 4), "1:1:");
  // Deep texts of every kind end in a fault, not in a full stack; long flat ones are fine.
  for (const std::string_view part :
       {"(", "[", "{1:", "!", "-", "a(", "a[", "a?a:", "1+(", "[].map(x,", "(1 ? "})
    EXPECT_NE(answer_of(repeated(part, 6000)).find(':'), std::string::npos) << part;
  EXPECT_EQ(answer_of(repeated("true && ", 5000) + "false"), "false");
  EXPECT_EQ(answer_of("size([" + repeated("1,", 4096) + "])"), "4096");
  EXPECT_NE(answer_of("size([" + repeated("1,", 4097) + "])").find("more than 4096 items"),
            std::string::npos);
  EXPECT_NE(answer_of(repeated("1 + ", 300) + "1").find("nested deeper"), std::string::npos);
}

TEST(Bounds, MemoryStepsAndItems) {
  const Value numbers[] = {Value::integer(1), Value::integer(2), Value::integer(3), Value::integer(4)};
  const Value slots[] = {Value::list(numbers)};
  Environment environment = Environment::standard();
  ASSERT_TRUE(environment.declare("n", Type::list(Type::integer()), 0));
  const std::string_view cross = "n.all(a, n.all(b, n.all(c, n.all(d, a + b + c + d > 0))))";
  CompileOptions options;
  EXPECT_EQ(answer_of(cross, environment, slots, options), "true");
  options.bounds.instructions_max = 1000;
  EXPECT_EQ(
      answer_of(cross, environment, slots, options),
      "error: the evaluation takes more steps than allowed; make lists shorter or the expression simpler");
  // Not even || may hide that the budget is gone within a loop.
  EXPECT_EQ(answer_of(std::string(cross) + " || true", environment, slots, options).substr(0, 6), "error:");
  options = {};
  options.bounds.list_items_max = 8;
  EXPECT_EQ(answer_of("(n + n).size()", environment, slots, options), "8");
  EXPECT_EQ(answer_of("(n + n + [1]).size()", environment, slots, options),
            "error: a list or map would have more items than allowed");
  EXPECT_EQ(answer_of("n.map(a, n.map(b, n))", environment, slots, {}, 300),
            "error: the evaluation needs more memory than its arena has; make the expression smaller");
  EXPECT_EQ(answer_of("n.map(a, a)", environment, slots, {}, 0).substr(0, 6), "error:");
}

// A bind that doubles at every level makes a value of 2^60 items in a few hundred octets: to look at it is
// refused.
TEST(Bounds, SharedValuesDoNotExplode) {
  std::string source;
  for (int i = 1; i <= 60; ++i)
    source += "cel.bind(x" + std::to_string(i) + ", [" + (i == 1 ? "n" : "x" + std::to_string(i - 1)) + ", " +
              (i == 1 ? "n" : "x" + std::to_string(i - 1)) + "], ";
  source += "x60 == x60" + std::string(60, ')');
  const Value numbers[] = {Value::integer(1)};
  const Value slots[] = {Value::list(numbers)};
  Environment environment = Environment::standard();
  ASSERT_TRUE(environment.declare("n", Type::list(Type::integer()), 0));
  EXPECT_EQ(answer_of(source, environment, slots).substr(0, 6), "error:");
  std::string constant = source;
  for (std::size_t at = 0; (at = constant.find("[n, n]")) != std::string::npos;)
    constant.replace(at, 6, "[1, 1]");
  EXPECT_EQ(answer_of(constant, environment, slots).substr(0, 6), "error:");
}

TEST(Program, ArenaIsTheOnlyMemory) {
  const auto program =
      compile("amount > 500000 && merchant.mcc in ['5411', '5412', '5413', '5414']", small_world());
  ASSERT_TRUE(program);
  const std::vector<Value> slots = {Value{}, Value{}, Value::text("5412"),   Value{}, Value{},
                                    Value{}, Value{}, Value::integer(600000)};
  Arena arena(256);
  EXPECT_TRUE(evaluate(*program, slots, arena).is_true());
  EXPECT_LE(arena.used(), 128u);
}

}  // namespace
}  // namespace tillwatch::cel
