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
        Case{"a: [1\n", "f:", "close every bracket"}, Case{"a: b: c\n", "f:1:", "double quotes"},
        Case{"a:\n  - b: 1\n   c: 2\n", "f:3:4", "as many spaces"},
        Case{"a:\n  b：c\n  d: 1\n", "f:", "colon"}, Case{"a: !!x%z 1\n", "f:", "not YAML"},
        Case{"a: \"x\n", "f:1:4", "never closed"}, Case{",\na: 1\n", "f:1:1", "belongs to nothing"},
        Case{"  : E\n,", "f:2:1", ""}, Case{"a: 1\n, b: 2\n", "f:", ""},
        Case{"a: 1\nb: \xc4\xe3\n", "f:2:4", "UTF-8"}, Case{"\xff\xfe a: 1\n", "f:1:1", "UTF-8"},
        Case{"a: 中\x04\n", "f:1:5", "control character (U+0004)"},
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
  std::string texts = "a: &a " + std::string(64 * 1024, 'x') + "\nb: [";
  for (int i = 0; i < 126; ++i) texts += "*a, ";
  // 127 times 64 KiB, and the rest of 8 MiB: two bytes are the keys.
  const std::string rest(64 * 1024 - 2, 'y');
  EXPECT_TRUE(parse(texts + rest + "]", "f"));
  EXPECT_EQ(parse(texts + rest + "y]", "f").error().code, core::ErrorCode::limit);
  EXPECT_EQ(parse(std::string(1024 * 1024 + 1, ' '), "f").error().code, core::ErrorCode::limit);
}

// Where code point `at` of the scalar stands, as "line:column".
std::string place_in(const Node& node, std::size_t at) {
  int line = node.place.line, column = node.place.column;
  std::size_t from = 0;
  for (const Continuation& each : node.continued) {
    if (each.at > at) break;
    from = each.at;
    line = each.line;
    column = each.column;
  }
  return std::to_string(line) + ":" + std::to_string(column + static_cast<int>(at - from));
}

TEST(Yaml, KnowsWhereThePartsOfAScalarStand) {
  const auto root = parse(
      "plain: a > 1\n"
      "quoted: \"a \\\"b\\\" c\"\n"
      "single: 'it''s'\n"
      "folded: >-\n  one two\n  three\n\n  four\n"
      "kept: |\n  one\n  two\n"
      "lines: one\n  two\n"
      "中: 文 x\n",
      "f");
  ASSERT_TRUE(root) << root.error().to_string();
  EXPECT_TRUE(root->find("plain")->continued.empty());
  EXPECT_EQ(place_in(*root->find("plain"), 2), "1:10");
  const Node& quoted = *root->find("quoted");
  ASSERT_EQ(quoted.scalar, "a \"b\" c");
  EXPECT_EQ(place_in(quoted, 0), "2:10");
  EXPECT_EQ(place_in(quoted, 3), "2:14");
  EXPECT_EQ(place_in(quoted, 6), "2:18");
  EXPECT_EQ(place_in(*root->find("single"), 4), "3:15");
  const Node& folded = *root->find("folded");
  ASSERT_EQ(folded.scalar, "one two three\nfour");
  EXPECT_EQ(place_in(folded, 4), "5:7");
  EXPECT_EQ(place_in(folded, 8), "6:3");
  EXPECT_EQ(place_in(folded, 14), "8:3");
  EXPECT_EQ(place_in(*root->find("kept"), 4), "11:3");
  EXPECT_EQ(place_in(*root->find("lines"), 4), "13:3");
  EXPECT_EQ(root->find("中")->place.column, 4) << "columns count characters, not bytes";
  EXPECT_EQ(place_in(*root->find("中"), 2), "14:6");
}

TEST(Yaml, NearestName) {
  EXPECT_EQ(nearest("amuont", {"amount", "account", "x"}), "amount");
  EXPECT_EQ(nearest("zzzzzz", {"amount"}), "");
}

}  // namespace
}  // namespace tillwatch::yaml
