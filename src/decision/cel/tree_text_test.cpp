// The parts of an expression as --explain shows them.
#include "cel/tree_text.h"

#include <gtest/gtest.h>

#include "cel/program.h"

namespace tillwatch::cel {
namespace {

TEST(TreeText, ShowsEveryPartWithItsType) {
  Environment environment = Environment::standard();
  ASSERT_TRUE(environment.declare("amount", Type::integer(), 0));
  const std::string source = "amount > 5 &&\n  ['a'].exists(x, x.startsWith('b') || has({'k': 1}.k))";
  const auto tree = analyze(source, environment);
  ASSERT_TRUE(tree) << tree.error()[0].to_string();
  EXPECT_EQ(typed_parts(*tree, source),
            "  1:12   &&: bool\n"
            "  1:8      >: bool\n"
            "  1:1        amount: int\n"
            "  1:10       5: int\n"
            "  2:9      .exists(x, ...): bool\n"
            "  2:3        [...]: list(string)\n"
            "  2:4          \"a\": string\n"
            "  2:37       ||: bool\n"
            "  2:21         .startsWith(...): bool\n"
            "  2:19           x: string\n"
            "  2:32           \"b\": string\n"
            "  2:40         has(.k): bool\n"
            "  2:44           {...}: map(string, int)\n"
            "  2:45             \"k\": string\n"
            "  2:50             1: int\n");
}

TEST(TreeText, NamesEveryForm) {
  const std::string source =
      "cel.bind(o, optional.of({'a': [1]}), o.?a[?0].optMap(y, -y).orValue(true ? 1 : [2][0]) in "
      "{1: 2}.transformList(k, v, k))";
  const auto tree = analyze(source, Environment::standard());
  ASSERT_TRUE(tree) << tree.error()[0].to_string();
  const std::string text = typed_parts(*tree, source);
  for (const std::string_view part :
       {"cel.bind(o, ...): bool", "optional.of(...): optional(map(string, list(int)))",
        ".?a: optional(list(int))", "[?...]: optional(int)", ".optMap(y, ...): optional(int)", "-: int",
        ".orValue(...): int", "? :: int", "[...]: int", "in: bool", ".transformList(k, v, ...): list(int)",
        "{...}: map(int, int)"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

}  // namespace
}  // namespace tillwatch::cel
