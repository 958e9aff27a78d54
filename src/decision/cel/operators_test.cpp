// Every operator over every pair of types it takes, with the edges of int64, uint64 and IEEE 754.
#include <gtest/gtest.h>

#include "cel/expression_answer.h"

namespace tillwatch::cel {
namespace {

constexpr std::string_view no_int = "error: the result does not fit 'int'";
constexpr std::string_view no_uint = "error: the result does not fit 'uint'";
constexpr std::string_view no_duration = "error: the result does not fit 'duration'";
constexpr std::string_view no_time = "error: the time lies outside the years 1 to 9999";
constexpr std::string_view zero = "error: division by zero";

const Expected arithmetic[] = {
    {"9223372036854775807 + 0", "9223372036854775807"},
    {"9223372036854775806 + 1", "9223372036854775807"},
    {"9223372036854775807 + 1", no_int},
    {"-9223372036854775808 + 0", "-9223372036854775808"},
    {"-9223372036854775808 - 1", no_int},
    {"-9223372036854775807 - 1", "-9223372036854775808"},
    {"0 - (-9223372036854775808)", no_int},
    {"-(-9223372036854775807)", "9223372036854775807"},
    {"-(-9223372036854775808)", no_int},
    {"3037000500 * 3037000500", no_int},
    {"3037000499 * 3037000499", "9223372030926249001"},
    {"-9223372036854775808 * -1", no_int},
    {"-9223372036854775808 / -1", no_int},
    {"-9223372036854775808 % -1", no_int},
    {"7 % -1", "0"},
    {"-7 / 2", "-3"},
    {"-7 % 2", "-1"},
    {"7 % -2", "1"},
    {"1 / 0", zero},
    {"1 % 0", zero},
    {"18446744073709551615u + 0u", "18446744073709551615u"},
    {"18446744073709551615u + 1u", no_uint},
    {"0u - 1u", no_uint},
    {"4294967296u * 4294967296u", no_uint},
    {"4294967295u * 4294967297u", "18446744073709551615u"},
    {"18446744073709551615u / 2u", "9223372036854775807u"},
    {"1u / 0u", zero},
    {"1u % 0u", zero},
    {"1.5 + 2.25", "3.75"},
    {"1.0 / 0.0", "double(\"inf\")"},
    {"-1.0 / 0.0", "double(\"-inf\")"},
    {"1.0 / -0.0", "double(\"-inf\")"},
    {"0.0 / 0.0", "double(\"NaN\")"},
    {"-(0.0)", "-0.0"},
    {"1e308 * 10.0", "double(\"inf\")"},
    {"0.1 + 0.2", "0.30000000000000004"},
    {"'ab' + 'cd'", "\"abcd\""},
    {"b'ab' + b'\\xff'", "b\"ab\\xff\""},
    {"[1] + [2, 3]", "[1, 2, 3]"},
    {"[] + []", "[]"},
    {"timestamp('2026-01-31T00:00:00Z') + duration('1h')", "timestamp(\"2026-01-31T01:00:00Z\")"},
    {"duration('-1ns') + timestamp('2026-01-31T00:00:00Z')", "timestamp(\"2026-01-30T23:59:59.999999999Z\")"},
    {"timestamp('2026-01-31T00:00:00.5Z') - duration('600ms')", "timestamp(\"2026-01-30T23:59:59.9Z\")"},
    {"timestamp('2026-01-31T00:00:00Z') - timestamp('2026-01-30T00:00:00.25Z')", "duration(\"86399.75s\")"},
    {"timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')", no_time},
    {"timestamp('0001-01-01T00:00:00Z') - duration('1ns')", no_time},
    {"timestamp('9999-12-31T00:00:00Z') - timestamp('0001-01-01T00:00:00Z')", no_duration},
    {"duration('2562047h') + duration('1h')", no_duration},
    {"duration('-2562047h') - duration('1h')", no_duration},
    {"duration('1h') - duration('90s')", "duration(\"3510s\")"},
};

const Expected relations[] = {
    {"1 < 2 && 2 <= 2 && 3 > 2 && 2 >= 2 && 1 != 2 && 2 == 2", "true"},
    {"2 < 1 || 3 <= 2 || 2 > 3 || 1 >= 2 || 1 == 2 || 2 != 2", "false"},
    {"'a' < 'b' && 'a' < 'aa' && 'Z' < 'a' && '\\u00e9' > 'z'", "true"},
    {"b'\\xff' > b'a' && b'' < b'a'", "true"},
    {"false < true && true >= true", "true"},
    {"duration('1s') < duration('2s') && timestamp(1) < timestamp(2)", "true"},
    {"double('nan') == double('nan')", "false"},
    {"double('nan') != double('nan')", "true"},
    {"double('nan') < 1.0 || double('nan') > 1.0 || double('nan') <= 1.0", "false"},
    {"-0.0 == 0.0", "true"},
    {"dyn(1) == dyn(1u) && dyn(1u) == dyn(1.0) && dyn(1) == dyn(1.0)", "true"},
    {"dyn(9007199254740993) == dyn(9007199254740992.0)", "false"},
    {"dyn(9007199254740993) > dyn(9007199254740992.0)", "true"},
    {"dyn(9223372036854775807) < dyn(9223372036854775808.0)", "true"},
    {"dyn(-9223372036854775808) == dyn(-9223372036854775808.0)", "true"},
    {"dyn(18446744073709551615u) < dyn(18446744073709551616.0)", "true"},
    {"dyn(-1) < dyn(0u) && dyn(-0.5) < dyn(0u) && dyn(0u) > dyn(-1)", "true"},
    {"dyn(1) < dyn(1.5) && dyn(2u) > dyn(1.5) && dyn(-1) > dyn(-1.5)", "true"},
    {"dyn(1) == dyn('1')", "false"},
    {"dyn(1) < dyn('1')", "error: no such overload: <(int, string)"},
    {"[1, 2] == [1, 2] && [1, 2] != [2, 1] && [[1]] == [[1]]", "true"},
    {"dyn([1, 2u]) == dyn([1.0, 2])", "true"},
    {"{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"},
    {"{'a': 1} == {'a': 2} || {'a': 1} == {'b': 1}", "false"},
    {"{dyn(1): 2} == {dyn(1u): 2}", "true"},
    {"null == null", "true"},
    {"type(1) == int && type(1u) != int && type(type(1)) == type", "true"},
    {"optional.of(1) == optional.of(1) && optional.none() == optional.none()", "true"},
    {"optional.of(1) == optional.none()", "false"},
    {"2 in [1, 2] && !(3 in [1, 2]) && 'a' in {'a': 1} && !('b' in {'a': 1})", "true"},
    {"dyn(2.0) in [1, 2, 3, 4, 5] && dyn(2u) in [1, 2, 3, 4, 5]", "true"},
    {"dyn('2') in [1, 2, 3, 4, 5]", "false"},
    {"'5411' in ['5411', '5412', '5413', '5999', '6011']", "true"},
    {"'541' in ['5411', '5412', '5413', '5999', '6011']", "false"},
    {"dyn(2.5) in {1: 'a', 2: 'b'}", "false"},
    {"!true || !!true", "true"},
};

const Expected logic[] = {
    {"false && 1 / 0 == 1", "false"},
    {"1 / 0 == 1 && false", "false"},
    {"true || 1 / 0 == 1", "true"},
    {"1 / 0 == 1 || true", "true"},
    {"true && 1 / 0 == 1", zero},
    {"1 / 0 == 1 || false", zero},
    {"1 / 0 == 1 && 2 / 0 == 1 && false", "false"},
    {"true && true && 1 / 0 == 1 && false", "false"},
    {"true ? 1 : 1 / 0", "1"},
    {"false ? 1 / 0 : 2", "2"},
    {"1 / 0 == 1 ? 1 : 2", zero},
    {"true ? (false ? 1 : 2) : false ? 4 : 3", "2"},
    {"1 < 2 == true", "true"},
    {"2 + 3 * 4 - 6 / 2 % 2", "13"},
    {"-2 * -3", "6"},
    {"!false && false || true", "true"},
};

template <std::size_t n>
void expect_all(const Expected (&table)[n]) {
  for (const Expected& row : table) EXPECT_EQ(answer_of(row.source), row.answer) << row.source;
}
TEST(Operators, Arithmetic) {
  expect_all(arithmetic);
}
TEST(Operators, Relations) {
  expect_all(relations);
}
TEST(Operators, Logic) {
  expect_all(logic);
}

// What the checker would refuse is an error when it runs unchecked, never a crash.
TEST(Operators, RefuseOtherKindsUnchecked) {
  const std::string_view values[] = {"1",
                                     "1u",
                                     "1.0",
                                     "'a'",
                                     "b'a'",
                                     "true",
                                     "null",
                                     "[1]",
                                     "{'a': 1}",
                                     "int",
                                     "optional.of(1)",
                                     "timestamp(1)",
                                     "duration('1s')"};
  for (const std::string_view sign :
       {"+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "in", "&&", "||"})
    for (const std::string_view a : values)
      for (const std::string_view b : values) {
        const std::string source = std::string(a) + " " + std::string(sign) + " " + std::string(b);
        const std::string answer = unchecked_answer_of(source);
        EXPECT_FALSE(answer.empty() || answer.starts_with("<")) << source << " " << answer;
      }
  EXPECT_EQ(unchecked_answer_of("1 + 'a'"), "error: no such overload: +(int, string)");
  EXPECT_EQ(unchecked_answer_of("'a' && true"), "error: no such overload: &&(string, bool)");
  EXPECT_EQ(unchecked_answer_of("!1"), "error: no such overload: !(int)");
  EXPECT_EQ(unchecked_answer_of("-'a'"), "error: no such overload: -(string)");
  EXPECT_EQ(unchecked_answer_of("1 ? 2 : 3"), "error: no such overload: ?:(int)");
  EXPECT_EQ(unchecked_answer_of("1 in 2"), "error: no such overload: in(int, int)");
  EXPECT_EQ(unchecked_answer_of("nothing"), "error: unknown name 'nothing'");
  EXPECT_EQ(unchecked_answer_of("nothing(1)"), "error: unknown function 'nothing'");
  EXPECT_EQ(unchecked_answer_of("Message{a: 1}"), "error: messages cannot be made here");
}

}  // namespace
}  // namespace tillwatch::cel
