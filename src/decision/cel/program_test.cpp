// First light: the language end to end on a handful of expressions.
#include <gtest/gtest.h>

#include "cel/program.h"
#include "cel/value_text.h"

namespace tillwatch::cel {
namespace {

std::string run(std::string_view source) {
  Environment env = Environment::standard();
  EXPECT_TRUE(env.declare("amount", Type::integer(), 0).has_value());
  EXPECT_TRUE(env.declare("count", Type::integer(), 1).has_value());
  auto program = compile(source, env);
  if (!program) {
    std::string text;
    for (const Fault& f : program.error()) text += f.to_string() + "\n";
    return text;
  }
  Arena arena(1 << 20);
  const Value slots[] = {Value::integer(600000), Value::integer(3)};
  return to_text(evaluate(*program, slots, arena));
}

TEST(First, Light) {
  EXPECT_EQ(run("amount > 500000 && count >= 3"), "true");
  EXPECT_EQ(run("1 + 2 * 3"), "7");
  EXPECT_EQ(run("[1, 2, 3].map(x, x * 2).exists(y, y == 6) ? 'yes' : 'no'"), "\"yes\"");
  EXPECT_EQ(run("amount > 5.0"),
            "1:8: '>' does not take (int, double) (the left side is int: write 5 instead of 5.0)\n");
}

}  // namespace
}  // namespace tillwatch::cel
