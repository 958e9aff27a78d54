// Reader: what is taken, what is refused and where the message points; simdjson and the fault finder must
// agree.
#include "json/reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "json/fault.h"
#include "json/writer.h"

namespace tillwatch::json {
namespace {

using core::ErrorCode;

TEST(Reader, ReadsEveryKind) {
  Reader reader;
  const auto root = reader.parse(
      R"( {"n":null,"b":true,"i":-7,"u":18446744073709551615,"d":1.0,"s":"a\u00e9\ud83d\ude00\n","a":[1,[],{}],"o":{"x":false}} )");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->kind(), Kind::object);
  EXPECT_EQ(root->size(), 8u);
  EXPECT_TRUE(root->find("n")->is(Kind::null));
  EXPECT_TRUE(root->find("b")->as_boolean().value());
  EXPECT_EQ(root->find("i")->as_integer().value(), -7);
  EXPECT_EQ(root->find("u")->as_unsigned().value(), 18446744073709551615u);
  EXPECT_EQ(root->find("d")->kind(), Kind::number);
  EXPECT_EQ(root->find("s")->as_string().value(), "aé😀\n");
  std::vector<Kind> kinds;
  for (const View element : root->find("a")->elements()) kinds.push_back(element.kind());
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::integer, Kind::array, Kind::object}));
  std::string names;
  for (const auto& [name, value] : root->members()) names += name;
  EXPECT_EQ(names, "nbiudsao");
  EXPECT_FALSE(root->find("x").has_value());
  EXPECT_FALSE(root->find("i")->find("x").has_value());
}

TEST(Reader, KeepsIntegersAndDoublesApart) {
  Reader reader;
  const auto root =
      reader.parse("[1, 1.0, 1e0, -1, 9007199254740993, 18446744073709551615, 9007199254740992, -0]");
  ASSERT_TRUE(root.has_value());
  std::vector<View> v;
  for (const View element : root->elements()) v.push_back(element);
  EXPECT_EQ(v[0].as_integer().value(), 1);
  EXPECT_EQ(v[0].as_double().value(), 1.0);
  EXPECT_EQ(v[1].as_integer().error().to_string(),
            "/1: expected an integer, found a number with a fraction or exponent");
  EXPECT_FALSE(v[2].as_unsigned().has_value());
  EXPECT_EQ(v[3].as_unsigned().error().to_string(), "/3: the integer may not be negative");
  EXPECT_FALSE(v[4].as_double().has_value());  // not exact
  EXPECT_EQ(v[5].as_integer().error().where, "/5");
  EXPECT_FALSE(v[5].as_double().has_value());
  EXPECT_EQ(v[6].as_double().value(), 9007199254740992.0);
  EXPECT_EQ(v[7].as_integer().value(), 0);
}

TEST(Reader, NamesThePlaceOfAWrongKind) {
  Reader reader;
  const auto root = reader.parse(R"({"a/b":[{"c~d":"x"}],"e":5})");
  ASSERT_TRUE(root.has_value());
  View deep = *root;
  for (const View element : root->find("a/b")->elements()) deep = *element.find("c~d");
  EXPECT_EQ(deep.pointer(), "/a~1b/0/c~0d");
  EXPECT_EQ(root->pointer(), "");
  EXPECT_EQ(deep.as_integer().error().where, "/a~1b/0/c~0d");
  EXPECT_EQ(deep.as_boolean().error().detail, "expected true or false, found a text");
  EXPECT_EQ(deep.as_double().error().detail, "expected a number, found a text");
  EXPECT_EQ(root->find("e")->as_string().error().to_string(), "/e: expected a text, found an integer");
  EXPECT_EQ(root->at("amount").error().to_string(), "/amount: the member is missing");
  EXPECT_EQ(deep.at("x").error().detail, "expected an object, found a text");
}

struct Refusal {
  const char* text;
  ErrorCode code;
  const char* message;
};

TEST(Reader, RefusesWithAPlaceAndAReason) {
  const Refusal table[] = {
      {"", ErrorCode::invalid, "1:1: the document is empty"},
      {" \n ", ErrorCode::invalid, "2:2: the document is empty"},
      {"\xEF\xBB\xBF{}", ErrorCode::invalid, "1:1: a value was expected here"},
      {"{", ErrorCode::invalid, "1:2: a member name in quotes was expected"},
      {"[1,2", ErrorCode::invalid, "1:5: a comma or the end of the array was expected"},
      {"[1,]", ErrorCode::invalid, "/1: a value was expected here (1:4)"},
      {"[1,2}", ErrorCode::invalid, "1:5: a comma or the end of the array was expected"},
      {R"({"a":1,"b":[1,2}})", ErrorCode::invalid, "/b: a comma or the end of the array was expected (1:16)"},
      {R"({"a":1,"a":2})", ErrorCode::invalid, "/a: the name is repeated; write it once (1:8)"},
      {R"({"x":{"a":1,"\u0061":2}})", ErrorCode::invalid, "/x/a: the name is repeated; write it once (1:13)"},
      {R"({"a" 1})", ErrorCode::invalid, "/a: a colon was expected after the name (1:6)"},
      {R"({"a":1} x)", ErrorCode::invalid, "1:9: something follows the end of the document"},
      {R"({'a':1})", ErrorCode::invalid, "1:2: a member name in quotes was expected"},
      {R"({"a":nul})", ErrorCode::invalid, "/a: expected null (1:6)"},
      {R"({"a":NaN})", ErrorCode::invalid, "/a: a value was expected here (1:6)"},
      {R"({"a":01})", ErrorCode::invalid, "/a: a number may not begin with 0 (1:6)"},
      {R"({"a":1.})", ErrorCode::invalid, "/a: a digit was expected after the point (1:8)"},
      {R"({"a":1e})", ErrorCode::invalid, "/a: a digit was expected in the exponent (1:8)"},
      {R"({"a":-})", ErrorCode::invalid, "/a: a digit was expected (1:7)"},
      {R"({"a":18446744073709551616})", ErrorCode::invalid, "/a: the integer does not fit 64 bits (1:6)"},
      {R"({"a":-9223372036854775809})", ErrorCode::invalid, "/a: the integer does not fit 64 bits (1:6)"},
      {R"({"a":1e999})", ErrorCode::invalid, "/a: the number is too large for a double (1:6)"},
      {"[\"a\nb\"]", ErrorCode::invalid, "/0: a control character must be escaped (1:4)"},
      {"[\"abc]", ErrorCode::invalid, "/0: the text has no closing quote (1:2)"},
      {R"(["\x"])", ErrorCode::invalid, "/0: an unknown escape (1:3)"},
      {R"(["\u12g4"])", ErrorCode::invalid, "/0: \\u needs four hexadecimal digits (1:3)"},
      {R"(["\ud800"])", ErrorCode::invalid, "/0: half of a surrogate pair (1:3)"},
      {R"(["\udc00"])", ErrorCode::invalid, "/0: half of a surrogate pair (1:3)"},
      {R"(["\ud800\u0041"])", ErrorCode::invalid, "/0: half of a surrogate pair (1:3)"},
      {"[\"\xC0\x80\"]", ErrorCode::invalid, "/0: the text is not UTF-8 (1:3)"},
      {"\"\xFF\"", ErrorCode::invalid, "1:2: the text is not UTF-8"},
  };
  Reader reader;
  for (const Refusal& refusal : table) {
    SCOPED_TRACE(refusal.text);
    const auto result = reader.parse(refusal.text);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, refusal.code);
    EXPECT_EQ(result.error().to_string(), refusal.message);
  }
  EXPECT_TRUE(reader.parse("{}").has_value());  // a refusal does not spoil the reader
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::string object_of(std::size_t members) {
  std::string out;
  Writer w(out);
  w.begin_object();
  for (std::size_t i = 0; i < members; ++i) w.member("m" + std::to_string(i), i);
  w.end_object();
  return out;
}

std::string array_of(std::size_t elements) {
  std::string out = "[0";
  for (std::size_t i = 1; i < elements; ++i) out += ",0";
  return out + "]";
}

TEST(Reader, HoldsEachBoundAtTheLimitAndOnePast) {
  Bounds bounds;
  Reader reader(bounds);
  const auto limit_of = [&](const std::string& text) -> std::string {
    const auto result = reader.parse(text);
    if (result.has_value()) return "taken";
    return result.error().code == ErrorCode::limit ? "limit: " + result.error().detail
                                                   : result.error().to_string();
  };
  EXPECT_EQ(limit_of(nested(bounds.depth_max)), "taken");
  EXPECT_TRUE(limit_of(nested(bounds.depth_max + 1)).starts_with("limit: more than 16 levels of nesting"));
  EXPECT_TRUE(limit_of(nested(200)).starts_with("limit: more than 16 levels of nesting"));
  EXPECT_EQ(limit_of(object_of(bounds.members_max)), "taken");
  EXPECT_EQ(limit_of(object_of(bounds.members_max + 1)), "limit: more than 256 members in one object");
  EXPECT_EQ(limit_of(array_of(bounds.elements_max)), "taken");
  EXPECT_EQ(limit_of(array_of(bounds.elements_max + 1)), "limit: more than 4096 elements in one array");
  const std::string longest(bounds.string_bytes_max, 'x');
  EXPECT_EQ(limit_of("\"" + longest + "\""), "taken");
  EXPECT_EQ(limit_of("\"" + longest + "y\""), "limit: a text has 1025 bytes; at most 1024 are taken");
  EXPECT_EQ(limit_of("{\"" + longest + "\":1}"), "taken");
  EXPECT_TRUE(limit_of("{\"" + longest + "y\":1}").starts_with("limit: a text has 1025 bytes"));
  const std::string filler(bounds.bytes_max - 2, ' ');
  EXPECT_EQ(limit_of("[]" + filler), "taken");
  EXPECT_EQ(limit_of("[]" + filler + " "),
            "limit: the document has 1048577 bytes; at most 1048576 are taken");
}

// Random documents, damaged at random: both readings accept and refuse the same texts.
TEST(ReaderProperty, AgreesWithTheFaultFinder) {
  const std::uint64_t seed = 20260703;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const std::vector<std::string> pieces = {"{",
                                           "}",
                                           "[",
                                           "]",
                                           ",",
                                           ":",
                                           "\"a\"",
                                           "\"b\"",
                                           "\"\\u0061\"",
                                           "1",
                                           "-1",
                                           "1.5",
                                           "1e3",
                                           "1e400",
                                           "1e-400",
                                           "0.0e999",
                                           "00",
                                           "-0",
                                           "true",
                                           "false",
                                           "null",
                                           "\"\\ud83d\\ude00\"",
                                           " ",
                                           "\n",
                                           "\"",
                                           "\\",
                                           "\xC3\xA9",
                                           "\xC3",
                                           "\x01",
                                           "18446744073709551616",
                                           "9223372036854775808",
                                           "tru",
                                           "nulll"};
  Bounds bounds;
  bounds.depth_max = 4;
  bounds.members_max = 3;
  bounds.elements_max = 4;
  bounds.string_bytes_max = 6;
  Reader reader(bounds);
  int taken = 0;
  for (int round = 0; round < 200000; ++round) {
    std::string text;
    if (round % 2 == 0) {
      for (std::uint64_t n = random() % 9; n > 0; --n) text += pieces[random() % pieces.size()];
    } else {
      text = R"({"a":[1,-2.5e3,{"b":null}],"c":"\u00e9x","d":true})";
      for (std::uint64_t n = random() % 3; n > 0; --n) {
        const std::string& piece = pieces[random() % pieces.size()];
        text.replace(random() % text.size(), random() % 3, piece);
      }
    }
    const bool parsed = reader.parse(text).has_value();
    taken += parsed ? 1 : 0;
    ASSERT_EQ(parsed, !find_fault(text, bounds).has_value()) << text;
  }
  EXPECT_GT(taken, 1000);
}

// Every node's pointer, resolved step by step by hand, leads back to the node.
TEST(ReaderProperty, PointersLeadBack) {
  Reader reader;
  const auto root = reader.parse(R"({"a":[[],[1,{"":2,"~/":[3]}]],"b":{"c":{"d":[4.5,"x",null]}}})");
  ASSERT_TRUE(root.has_value());
  int nodes = 0;
  const auto visit = [&](const auto& self, View node, const std::string& expected) -> void {
    ++nodes;
    EXPECT_EQ(node.pointer(), expected);
    int i = 0;
    for (const View element : node.elements()) self(self, element, expected + "/" + std::to_string(i++));
    for (const auto& [name, value] : node.members()) {
      std::string step = expected;
      append_step(step, name);
      self(self, value, step);
    }
  };
  visit(visit, *root, "");
  EXPECT_EQ(nodes, 15);
}

}  // namespace
}  // namespace tillwatch::json
