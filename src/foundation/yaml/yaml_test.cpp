#include "yaml/yaml.h"

#include <gtest/gtest.h>

namespace tillwatch::yaml {
namespace {

TEST(Yaml, NodesKnowTheirPlace) {
  const auto root = parse("a: 1\nb:\n  - x\n  - {c: 'no', d: true}\n", "p.yaml");
  ASSERT_TRUE(root) << root.error().to_string();
  const Node* b = root->find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->items[0].place.to_string(), "p.yaml:3:5");
  EXPECT_TRUE(b->items[1].find("c")->quoted);
  bool flag = false;
  EXPECT_TRUE(as_boolean(*b->items[1].find("d"), flag) && flag);
  EXPECT_FALSE(as_boolean(*b->items[1].find("c"), flag));
  std::int64_t number = 0;
  EXPECT_TRUE(as_integer(*root->find("a"), number) && number == 1);
  EXPECT_EQ(root->find("zz"), nullptr);
}

TEST(Yaml, FaultsNamePlaceAndRemedy) {
  struct Case {
    const char* text;
    const char* where;
    const char* part;
  };
  for (const Case& c :
       {Case{"a: 1\n\tb: 2\n", "f:2:1", "tab"}, Case{"a: 1\na: 2\n", "f:2:1", "twice"},
        Case{"a: [1\n", "f:", "not YAML"}, Case{"a: \"x\n", "f:1:4", "never closed"},
        Case{"? [1]\n: 2\n", "f:1:", "plain name"}, Case{"a: 1\n---\nb: 2\n", "f", "several"}}) {
    const auto root = parse(c.text, "f");
    ASSERT_FALSE(root) << c.text;
    EXPECT_TRUE(root.error().where.starts_with(c.where)) << root.error().to_string();
    EXPECT_NE(root.error().detail.find(c.part), std::string::npos) << root.error().to_string();
  }
}

TEST(Yaml, BoundsHold) {
  std::string deep;
  for (int i = 0; i < 70; ++i) deep += "[";
  for (int i = 0; i < 70; ++i) deep += "]";
  EXPECT_EQ(parse(deep, "f").error().code, core::ErrorCode::limit);
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'i'; ++c)
    laughs += std::string(1, c) + ": &" + c + " [*" + static_cast<char>(c - 1) + ",*" +
              static_cast<char>(c - 1) + ",*" + static_cast<char>(c - 1) + ",*" + static_cast<char>(c - 1) +
              ",*" + static_cast<char>(c - 1) + ",*" + static_cast<char>(c - 1) + "]\n";
  EXPECT_EQ(parse(laughs, "f").error().code, core::ErrorCode::limit);
  EXPECT_EQ(parse(std::string(1024 * 1024 + 1, ' '), "f").error().code, core::ErrorCode::limit);
}

TEST(Yaml, NearestName) {
  EXPECT_EQ(nearest("amuont", {"amount", "account", "x"}), "amount");
  EXPECT_EQ(nearest("zzzzzz", {"amount"}), "");
}

}  // namespace
}  // namespace tillwatch::yaml
