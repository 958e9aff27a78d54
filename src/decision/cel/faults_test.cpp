// The messages of faults, as prose to be reviewed: each names the place, what is wrong, and the remedy.
#include <gtest/gtest.h>

#include "cel/expression_answer.h"

namespace tillwatch::cel {
namespace {

Environment shop() {
  Environment environment = Environment::standard();
  const std::vector<Variable> merchant = {{"mcc", Type::text(), 1, {}}, {"age_days", Type::integer(), 2, {}}};
  bool good = environment.declare_record("merchant", merchant).has_value();
  good = environment.declare("amount", Type::integer(), 0).has_value() && good;
  good = environment.declare("card_count_24h", Type::integer(), 3).has_value() && good;
  good = environment.declare("ratio", Type::real(), 4).has_value() && good;
  good = environment.declare("event_time", Type::timestamp(), 5).has_value() && good;
  good = environment.declare("since_last", Type::duration(), 6).has_value() && good;
  good = environment.declare("currency", Type::text(), 7).has_value() && good;
  good = environment.declare("mccs", Type::list(Type::text()), 8).has_value() && good;
  return good ? environment : Environment();
}

const Expected mistakes[] = {
    {"amuont > 5", "1:1: unknown name 'amuont' (did you mean 'amount'?)"},
    {"merchant.mc == '5411'", "1:9: 'merchant' has no field 'mc' (did you mean 'merchant.mcc'?)"},
    {"merchant == '5411'",
     "1:1: 'merchant' is a record and has no value of its own (name one of its fields)"},
    {"currency == CNY", "1:13: unknown name 'CNY' (is it a text that needs quotes?)"},
    {"amount > 5.0", "1:8: '>' does not take (int, double) (the left side is int: write 5 instead of 5.0)"},
    {"ratio > 1", "1:7: '>' does not take (double, int) (the left side is double: write 1.0 instead of 1)"},
    {"amount * ratio",
     "1:8: '*' does not take (int, double) (int and double do not mix: convert one side with double(...))"},
    {"amount > 5u", "1:8: '>' does not take (int, uint) (the left side is int: write 5 instead of 5u)"},
    {"amount == '500'", "1:8: '==' does not take (int, string) (write the number without quotes: 500)"},
    {"currency == 156",
     "1:10: '==' does not take (string, int) (put the number in quotes, or convert the text with int(...))"},
    {"currency + amount", "1:10: '+' does not take (string, int) (convert the number with string(...))"},
    {"event_time > '2026-01-01'",
     "1:12: '>' does not take (timestamp, string) (write timestamp(\"2026-01-31T00:00:00Z\") for a time)"},
    {"since_last < 60",
     "1:12: '<' does not take (duration, int) (write duration(\"90s\") for a span of time)"},
    {"amount = 5", "1:8: '=' is not a comparison (write == to compare)"},
    {"amount > 5 and ratio > 1.0", "1:12: expected an operator, found 'and' (write &&)"},
    {"amount > 5 or ratio > 1.0", "1:12: expected an operator, found 'or' (write ||)"},
    {"not amount > 5", "1:1: 'not' is not an operator (write !)"},
    {"amount > 5 & ratio > 1.0", "1:12: '&' alone is not an operator (write &&)"},
    {"amount <> 5", "1:9: expected a value, found '>' (write != for 'is not equal')"},
    {"if amount > 5", "1:1: 'if' is a reserved word (write condition ? this : that)"},
    {"currency == 'CNY", "1:13: the text has no closing quote (close it with ' on the same line)"},
    {"currency == \u201cCNY\u201d",
     "1:13: '\u201c' is not part of the language (write \" (the half-width, ASCII character))"},
    {"amount \uff1e 5",
     "1:8: '\uff1e' is not part of the language (write > (the half-width, ASCII character))"},
    {"(amount > 5", "1:1: this bracket is never closed (add ')')"},
    {"amount > 5)", "1:11: expected an operator, found ')'"},
    {"amount >", "1:9: expected a value, found the end of the text"},
    {"", "1:1: expected a value, found the end of the text"},
    {"amount", "1:1: the expression is int, but bool is wanted (compare it, as in x > 0)"},
    {"amount && ratio > 1.0", "1:1: a condition (bool) is wanted here, not int (compare it, as in x > 0)"},
    {"mccs == '5411'",
     "1:6: '==' does not take (list(string), string) (to ask whether it is in the list write: value in "
     "list)"},
    {"5411 in mccs",
     "1:6: 'in' does not take (int, list(string)) (the items are texts: convert with string(...))"},
    {"'54' in currency",
     "1:6: 'in' does not take (string, string) (to look inside a text write: text.contains(...))"},
    {"currency.startWith('C')", "1:10: unknown function 'startWith' (did you mean 'startsWith'?)"},
    {"startsWith(currency, 'C')", "1:1: unknown function 'startsWith' (write x.startsWith(...))"},
    {"math.greates(1, 2) > 1", "1:6: unknown function 'math.greates' (did you mean 'math.greatest'?)"},
    {"size(amount) > 1",
     "1:1: 'size' does not take (int) (it takes (string) or (bytes) or (list(A)) or (map(A, B)))"},
    {"amount.mcc == 1", "1:7: there is no field 'mcc' in int"},
    {"mccs.exists('x', true)",
     "1:13: a macro's variable must be a plain name (as in list.exists(item, item > 0))"},
    {"amount.exists(x, x > 1)", "1:1: a macro goes over a list or a map, not over int"},
    {"has(amount)",
     "1:1: has() asks for an attribute of something, not for 'amount' itself (as in has(merchant.mcc))"},
    {"has(5)", "1:5: has() asks for an attribute or a field (as in has(merchant.mcc))"},
    {"amount > 5 ? true : 'no'",
     "1:12: the two sides of ':' differ: bool and string (give both the same type, or wrap one in dyn(...))"},
    {"amount > 99999999999999999999",
     "1:10: the number 99999999999999999999 does not fit (an int lies between -9223372036854775808 and "
     "9223372036854775807)"},
    {"currency.matches('[')",
     "1:18: this is no regular expression: missing ]: [ (the notation is that of RE2)"},
    {"amount > 5 == True", "1:15: unknown name 'True' (write true or false in small letters)"},
    {"dyn == amount",
     "1:1: unknown name 'dyn' (no value has the type dyn; write dyn(x) to leave the type of x open)"},
    {"5x > 3",
     "1:1: '5x' is not a number (a name starts with a letter; a number ends before one, but for 'u' of an "
     "unsigned number)"},
    {"currency == '\\d'",
     "1:14: '\\' is followed by what is not an escape (write \\\\ for a backslash, or put r before the "
     "opening quote)"},
    {"amount > 5; ratio > 1.0", "1:11: ';' is not part of the language (a comment starts with //)"},
    {"Merchant{mcc: '5411'} == 1", "1:1: messages cannot be made here (use a map: {\"field\": value})"},
};
TEST(Faults, NameThePlaceAndTheRemedy) {
  CompileOptions options;
  options.expected = Type::boolean();
  for (const Expected& row : mistakes)
    EXPECT_EQ(answer_of(row.source, shop(), {}, options), row.answer) << row.source;
}

TEST(Faults, SeveralInOneRun) {
  EXPECT_EQ(
      answer_of("amuont > 5.0 &&\n  curency == 'CNY' && size(amount, 3) > 1\n  && [1, 2.] == []", shop(), {}),
      "1:1: unknown name 'amuont' (did you mean 'amount'?)\n2:3: unknown name 'curency' (did you mean "
      "'currency'?)\n"
      "2:23: 'size' does not take (int, int) (it takes (string) or (bytes) or (list(A)) or (map(A, B)))\n"
      "3:12: expected a field name after '.', found ']'");
}

TEST(Faults, PlacesCountCodePointsAndLines) {
  EXPECT_EQ(answer_of("'\u6536\u5355' == nme\n|| \U0001F600", Environment::standard(), {}),
            "1:9: unknown name 'nme' (is it a text that needs quotes?)\n"
            "2:4: '\U0001F600' cannot stand outside quotes (put text in quotes: \"...\")");
  EXPECT_EQ(answer_of("1 + \xff"), "1:5: the text is not UTF-8 here (save it as UTF-8)");
}

}  // namespace
}  // namespace tillwatch::cel
