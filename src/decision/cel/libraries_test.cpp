// Every function of the libraries: conversions, texts, times, mathematics, optionals, base64, with their
// edges.
#include <gtest/gtest.h>

#include "cel/expression_answer.h"
#include "cel/library.h"

namespace tillwatch::cel {
namespace {

const Expected conversions[] = {
    {"int('-9223372036854775808')", "-9223372036854775808"},
    {"int('9223372036854775808')", "error: the text '9223372036854775808' cannot be read as int"},
    {"int('1.5')", "error: the text '1.5' cannot be read as int"},
    {"int('')", "error: the text '' cannot be read as int"},
    {"int(9223372036854775807u)", "9223372036854775807"},
    {"int(9223372036854775808u)", "error: the number does not fit 'int'"},
    {"int(1.9) + int(-1.9)", "0"},
    {"int(9223372036854774784.0)", "9223372036854774784"},
    {"int(9223372036854775808.0)", "error: the number does not fit 'int'"},
    {"int(-9223372036854775808.0)", "error: the number does not fit 'int'"},
    {"int(double('nan'))", "error: the number does not fit 'int'"},
    {"int(timestamp('1970-01-01T00:01:00.9Z'))", "60"},
    {"uint(-1)", "error: the number does not fit 'uint'"},
    {"uint(-0.5)", "error: the number does not fit 'uint'"},
    {"uint(18446744073709549568.0)", "18446744073709549568u"},
    {"uint(18446744073709551616.0)", "error: the number does not fit 'uint'"},
    {"uint('18446744073709551615')", "18446744073709551615u"},
    {"uint('-1')", "error: the text '-1' cannot be read as uint"},
    {"double('1e3')", "1000.0"},
    {"double('-inf')", "double(\"-inf\")"},
    {"double('abc')", "error: the text 'abc' cannot be read as double"},
    {"double('1e400')", "error: the text '1e400' cannot be read as double"},
    {"double('1e-400')", "0.0"},
    {"double('1e9223372036854775807')", "error: the text '1e9223372036854775807' cannot be read as double"},
    {"double('0.1e-9223372036854775808')", "0.0"},
    {"double(9007199254740993)", "9007199254740992.0"},
    {"string(1.5) + string(1000000.0) + string(-0.0)", "\"1.51e+06-0\""},
    {"string(0.0001) + ' ' + string(0.00001) + ' ' + string(6.02214e23)", "\"0.0001 1e-05 6.02214e+23\""},
    {"string(-9223372036854775808) + string(1u) + string(true)", "\"-92233720368547758081true\""},
    {"string(b'\\xe6\\x94\\xb6')", "\"\u6536\""},
    {"string(b'\\xff')", "error: the bytes are not UTF-8"},
    {"string(timestamp('2026-01-31T08:00:00+08:00'))", "\"2026-01-31T00:00:00Z\""},
    {"string(duration('1h30m0.5s'))", "\"5400.5s\""},
    {"bytes('\u6536')", "b\"\\xe6\\x94\\xb6\""},
    {"bool('True') && !bool('f') && bool('1')", "true"},
    {"bool('yes')", "error: the text 'yes' cannot be read as bool"},
    {"type(dyn(1.0)) == double && type([]) == list && type({}) == map && type(null) == null_type", "true"},
};

const Expected texts[] = {
    {"size('\u6536\u5355\U0001F600')", "3"},
    {"'hello'.size() + size(b'\\xff\\xfe') + [1].size() + {}.size()", "8"},
    {"'foobar'.matches('^fo+b') && matches('x', '[a-z]') && !'X'.matches('[a-z]')", "true"},
    {"'x'.matches('[' + '')", "error: not a regular expression: 'missing ]: ['"},
    {"'hello'.charAt(4) + 'hello'.charAt(5)", "\"o\""},
    {"'hello'.charAt(6)", "error: the position lies outside the text, in 'charAt'"},
    {"'\u6536\u5355\u54e8'.charAt(1)", "\"\u5355\""},
    {"'hello mellow'.indexOf('ello', 2)", "7"},
    {"'hello mellow'.indexOf('') + 'hello mellow'.indexOf('', 2) + 'hello'.indexOf('x')", "1"},
    {"'hello mellow'.indexOf('ello', 20)", "error: the position lies outside the text, in 'indexOf'"},
    {"'abc'.indexOf('c', 3)", "error: the position lies outside the text, in 'indexOf'"},
    {"'abc'.indexOf('', 3) + 'abc'.lastIndexOf('', 3)", "6"},
    {"'hello mellow'.lastIndexOf('')", "12"},
    {"'hello mellow'.lastIndexOf('ello', 6)", "1"},
    {"'hello mellow'.lastIndexOf('ello', -1)", "error: the position lies outside the text, in 'lastIndexOf'"},
    {"'\u6536\u5355\u54e8\u5355'.lastIndexOf('\u5355')", "3"},
    {"['a', 'b'].join() + ['a', 'b'].join('-') + [].join('/')", "\"aba-b\""},
    {"['', '', ''].join(',')", "\",,\""},
    {"'TacoC\u00c6t'.lowerAscii() + 'TacoC\u00e6t'.upperAscii()", "\"tacoc\u00c6tTACOC\u00e6T\""},
    {"'hello hello'.replace('he', 'we')", "\"wello wello\""},
    {"'hello hello'.replace('he', 'we', 1) + 'x'.replace('x', 'y', 0)", "\"wello hellox\""},
    {"'ab'.replace('', '-') + 'ab'.replace('', '-', 2)", "\"-a-b--a-b\""},
    {"'a b c'.split(' ')", "[\"a\", \"b\", \"c\"]"},
    {"'a b c'.split(' ', 2)", "[\"a\", \"b c\"]"},
    {"'a b c'.split(' ', 0)", "[]"},
    {"'a b c'.split(' ', 1)", "[\"a b c\"]"},
    {"'a b'.split(' ', -1)", "[\"a\", \"b\"]"},
    {"'\u6536\u5355'.split('')", "[\"\u6536\", \"\u5355\"]"},
    {"''.split(',')", "[\"\"]"},
    {"'tacocat'.substring(4) + 'tacocat'.substring(0, 4) + 'abc'.substring(3)", "\"cattaco\""},
    {"'tacocat'.substring(2, 1)", "error: the position lies outside the text, in 'substring'"},
    {"'tacocat'.substring(40)", "error: the position lies outside the text, in 'substring'"},
    {"' \\t\\u3000trim\\u00a0\\n'.trim()", "\"trim\""},
    {"'\\u200btrim'.trim() == '\\u200btrim'", "true"},
    {"'\u6536\u5355a'.reverse()", "\"a\u5355\u6536\""},
    {"strings.quote('a\"b\\\\c\\n\\t\u6536')", "\"\\\"a\\\\\\\"b\\\\\\\\c\\\\n\\\\t\u6536\\\"\""},
    {"'%s is %d, %.2f%%'.format(['x', 3, 1.005])", "\"x is 3, 1.00%\""},
    {"'%e|%.0f|%f'.format([1234.5, 2.5, 1])", "\"1.234500e+03|2|1.000000\""},
    {"'%b|%o|%x|%X|%x'.format([-5, 8u, 255, 255, 'hi'])", "\"-101|10|ff|FF|6869\""},
    {"'%s'.format([[1, 'a', null, true, 1.5, duration('2s')]])", "\"[1, a, null, true, 1.5, 2s]\""},
    {"'%s'.format([{'b': 1, 'a': [2u]}])", "\"{a: [2], b: 1}\""},
    {"'%s %s'.format([1])", "error: the format asks for more items than the list has"},
    {"'%d'.format(['a'])", "error: the directive '%d' does not take string"},
    {"'%z'.format([1])", "error: unknown format directive 'z'"},
    {"'%'.format([1])", "error: the format ends within a directive"},
    {"'%.1001f'.format([1.0])", "error: the precision of a format directive is a number up to 1000"},
    {"'%s %f'.format([double('nan'), double('-inf')])", "\"NaN -Infinity\""},
};

const Expected times[] = {
    {"timestamp('2024-02-29T23:59:59Z').getDayOfYear()", "59"},
    {"timestamp('2024-02-30T00:00:00Z')",
     "error: the text '2024-02-30T00:00:00Z' is no RFC 3339 time of the years 1 to 9999"},
    {"timestamp('1969-12-31T23:59:59.001Z').getMilliseconds()", "1"},
    {"timestamp('1969-12-31T23:59:59Z').getSeconds()", "59"},
    {"timestamp('2026-07-03T20:00:00Z').getHours('+08:00')", "4"},
    {"timestamp('2026-07-03T20:00:00Z').getDate('+08:00')", "4"},
    {"timestamp('2026-07-03T20:00:00Z').getDayOfWeek('+08:00')", "6"},
    {"timestamp('2026-07-03T20:00:00Z').getMinutes('-02:30')", "30"},
    {"timestamp('2026-07-03T20:00:00Z').getHours('Asia/Shanghai')",
     "error: named zones only in `tillwatch cel`; write an offset such as '+08:00', not 'Asia/Shanghai'"},
    {"timestamp('0001-01-01T00:00:00Z').getFullYear()", "1"},
    {"timestamp('9999-12-31T23:59:59Z').getFullYear()", "9999"},
    {"timestamp(253402300799) == timestamp('9999-12-31T23:59:59Z')", "true"},
    {"timestamp(253402300800)", "error: the time lies outside the years 1 to 9999"},
    {"timestamp('2026-01-01T00:00:00')",
     "error: the text '2026-01-01T00:00:00' is no RFC 3339 time of the years 1 to 9999"},
    {"duration('1.5h').getMinutes() + duration('-90s').getMinutes()", "89"},
    {"duration('-1.5s').getMilliseconds()", "-500"},
    {"duration('1h1m1s1ms1us1ns')", "duration(\"3661.001001001s\")"},
    {"duration('9223372036854775807ns')", "duration(\"9223372036.854775807s\")"},
    {"duration('-9223372036854775808ns')", "duration(\"-9223372036.854775808s\")"},
    {"duration('9223372036854775808ns')",
     "error: the text '9223372036854775808ns' cannot be read as duration; write '90s' or '1h30m', at most "
     "some 292 years"},
    {"duration('5')",
     "error: the text '5' cannot be read as duration; write '90s' or '1h30m', at most some 292 years"},
    {"duration('')",
     "error: the text '' cannot be read as duration; write '90s' or '1h30m', at most some 292 years"},
};

const Expected mathematics[] = {
    {"math.greatest(1, 3, 2) + math.least([5, 4])", "7"},
    {"math.greatest(-1.5, 1.5)", "1.5"},
    {"math.greatest(dyn(1), 2.5, 3u)", "3u"},
    {"math.greatest([])", "error: there is no number to choose from in 'math.greatest'"},
    {"math.greatest(dyn('a'))", "error: no such overload: math.greatest(string)"},
    {"math.least(double('nan'), 1.0)", "error: NaN has no place in an order, in 'math.least'"},
    {"[math.ceil(1.2), math.floor(-1.2), math.round(-1.5), math.round(0.5), math.trunc(-1.9)]",
     "[2.0, -2.0, -2.0, 1.0, -1.0]"},
    {"[math.abs(-5), math.sign(-5), math.sign(0)]", "[5, -1, 0]"},
    {"math.abs(-9223372036854775808)", "error: the result does not fit 'int'"},
    {"[math.sqrt(81), math.sqrt(2.25), math.sqrt(4u)]", "[9.0, 1.5, 2.0]"},
    {"math.isNaN(math.sqrt(-1)) && math.isInf(1.0 / 0.0) && math.isFinite(1.0) && !math.isFinite(1.0 / 0.0)",
     "true"},
    {"[math.bitAnd(12, 10), math.bitOr(12, 10), math.bitXor(12, 10), math.bitNot(0)]", "[8, 14, 6, -1]"},
    {"[math.bitShiftLeft(1, 63), math.bitShiftLeft(1, 64), math.bitShiftRight(-1, 63)]",
     "[-9223372036854775808, 0, 1]"},
    {"math.bitShiftRight(-1024, 64)", "0"},
    {"math.bitShiftLeft(1u, -1)", "error: a shift by a negative number of bits, in 'math.bitShiftLeft'"},
    {"math.bitNot(0u)", "18446744073709551615u"},
};

const Expected optionals[] = {
    {"optional.of(1).value() + optional.none().orValue(2)", "3"},
    {"optional.none().value()", "error: the optional holds no value"},
    {"[optional.ofNonZeroValue(0), optional.ofNonZeroValue(''), optional.ofNonZeroValue([])]",
     "[optional.none(), optional.none(), optional.none()]"},
    {"optional.ofNonZeroValue(5)", "optional.of(5)"},
    {"{'a': {'b': 1}}.?a.b", "optional.of(1)"},
    {"{'a': {'b': 1}}.?x.b", "optional.none()"},
    {"{'a': {'b': 1}}.?a.?c", "optional.none()"},
    {"[1, 2][?5]", "optional.none()"},
    {"[1, 2][?1]", "optional.of(2)"},
    {"{1: 'a'}[?1].orValue('z') + {1: 'a'}[?2].orValue('z')", "\"az\""},
    {"optional.of([1])[0]", "optional.of(1)"},
    {"has({'a': {'b': 1}}.?a.b) && !has({'a': {}}.?a.b) && !has({'a': {'x': 1}}.?z.b)", "true"},
    {"[?optional.none(), ?optional.of(1), 2]", "[1, 2]"},
    {"{?'a': optional.none(), ?'b': optional.of(1)}", "{\"b\": 1}"},
    {"optional.of(2).optMap(x, x * 2)", "optional.of(4)"},
    {"optional.of(2).optFlatMap(x, optional.none())", "optional.none()"},
    {"optional.none().optMap(x, x)", "optional.none()"},
    {"optional.of(1).or(optional.of(1 / 0))", "optional.of(1)"},
    {"optional.of(1).orValue(1 / 0)", "1"},
    {"optional.none().orValue(1 / 0)", "error: division by zero"},
    {"[optional.of(1), optional.none()].unwrapOpt() == optional.unwrap([optional.of(1)])", "true"},
    {"[1, 2].first().value() + [1, 2].last().value()", "3"},
    {"[].first().hasValue()", "false"},
};

const Expected encoders[] = {
    {"base64.encode(b'hello')", "\"aGVsbG8=\""},
    {"base64.encode(b'') + base64.encode(b'a') + base64.encode(b'abc')", "\"YQ==YWJj\""},
    {"base64.decode('aGVsbG8=') == b'hello' && base64.decode('aGVsbG8') == b'hello'", "true"},
    {"base64.decode('z')", "error: the text is not base64: 'z'"},
    {"base64.decode('a===')", "error: the text is not base64: 'a==='"},
    {"base64.decode('aGV*')", "error: the text is not base64: 'aGV*'"},
};

template <std::size_t n>
void expect_all(const Expected (&table)[n]) {
  for (const Expected& row : table) EXPECT_EQ(answer_of(row.source), row.answer) << row.source;
}
TEST(Libraries, Conversions) {
  expect_all(conversions);
}
TEST(Libraries, Texts) {
  expect_all(texts);
}
TEST(Libraries, Times) {
  expect_all(times);
}
TEST(Libraries, Mathematics) {
  expect_all(mathematics);
}
TEST(Libraries, Optionals) {
  expect_all(optionals);
}
TEST(Libraries, Encoders) {
  expect_all(encoders);
}

// Every function, called with nothing and with every kind of value in up to three places, answers and does
// not crash; and every signature of the tables can be read.
TEST(Libraries, TakeAnyArgumentsUnchecked) {
  Arena arena(1 << 20);
  const Value item = Value::integer(1);
  const MapEntry entry = {Value::text("a"), item};
  const Value kinds[] = {Value::null(),           Value::boolean(true),    Value::integer(-1),
                         Value::uinteger(1),      Value::real(0.5),        Value::text("a"),
                         Value::bytes("\xff"),    Value::timestamp(0, 0),  Value::duration(1),
                         Value::list({&item, 1}), Value::map({&entry, 1}), Value::none(),
                         Value::some(&item),      Value::type("int")};
  for (const auto library : standard_libraries()) {
    for (const Function& function : library) {
      for (const Signature& signature : function.signatures) {
        EXPECT_TRUE(parse_type(signature.result)) << function.name;
        EXPECT_FALSE(function.about.empty()) << function.name;
      }
      const auto call = [&](std::span<const Value> arguments) {
        arena.reset();
        cel::Run run{arena, 100'000, 1000};
        const Value answer = function.run(run, arguments);
        EXPECT_TRUE(answer.is_value() || answer.is_error()) << function.name;
      };
      call({});
      for (const Value& a : kinds) {
        call({&a, 1});
        for (const Value& b : kinds) {
          const Value two[] = {a, b};
          call(two);
          const Value three[] = {a, b, a};
          call(three);
          const Value four[] = {a, b, b, Value::integer(1)};
          call(four);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tillwatch::cel
