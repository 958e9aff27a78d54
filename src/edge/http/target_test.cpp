// Paths and queries: what they mean and what is refused.
#include "http/target.h"

#include <gtest/gtest.h>

namespace tillwatch::http {
namespace {

using Segments = std::vector<std::string>;

TEST(Target, Decodes) {
  EXPECT_EQ(percent_decode("a%20b%2Fc%c3%A9"), "a b/cé");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  for (const char* text : {"%", "%1", "%g0", "%-1", "%00", "%0a", "%7f", "%ff", "%c3", "%ed%a0%80"}) {
    EXPECT_EQ(percent_decode(text), std::nullopt) << text;
  }
}

TEST(Target, SplitsPaths) {
  EXPECT_EQ(split_path("/").value(), Segments{});
  EXPECT_EQ(split_path("/v1/decisions/7").value(), (Segments{"v1", "decisions", "7"}));
  EXPECT_EQ(split_path("/a%2Fb/c").value(), (Segments{"a/b", "c"}));
  EXPECT_EQ(split_path("/a/").value(), (Segments{"a", ""}));
  EXPECT_EQ(split_path("/a//b").value(), (Segments{"a", "", "b"}));
  EXPECT_EQ(split_path("/a/../b").value(), (Segments{"a", "..", "b"}));  // never resolved
  EXPECT_FALSE(split_path("*").has_value());
  EXPECT_FALSE(split_path("/a%").has_value());
}

TEST(Target, SplitsQueries) {
  EXPECT_EQ(split_query("").value(), Parameters{});
  EXPECT_EQ(split_query("after=7&limit=&x").value(), (Parameters{{"after", "7"}, {"limit", ""}, {"x", ""}}));
  EXPECT_EQ(split_query("&a=1&&b=x=y+z%26&").value(), (Parameters{{"a", "1"}, {"b", "x=y z&"}}));
  EXPECT_FALSE(split_query("a=1&%61=2").has_value());
  EXPECT_FALSE(split_query("a=%").has_value());
  const auto parameters = split_query("a=1").value();
  EXPECT_EQ(find_parameter(parameters, "a"), "1");
  EXPECT_EQ(find_parameter(parameters, "b"), std::nullopt);
}

}  // namespace
}  // namespace tillwatch::http
