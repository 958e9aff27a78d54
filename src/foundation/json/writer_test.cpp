// Writer: escaping, numbers, structure. The reader is the judge of what was written.
#include "json/writer.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "json/reader.h"
#include "json/utf8.h"

namespace tillwatch::json {
namespace {

std::string as_json(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

template <class T>
std::string number(T value) {
  std::string out;
  append_number(out, value);
  return out;
}

TEST(Writer, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(as_json(""), "\"\"");
  EXPECT_EQ(as_json("a/b"), "\"a/b\"");
  EXPECT_EQ(as_json("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(as_json(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(as_json("收单"), "\"收单\"");
}

TEST(Writer, ReplacesWhatIsNotUtf8) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(as_json("a\xFFz"), "\"a" + mark + "z\"");
  EXPECT_EQ(as_json("\xC0\x80"), "\"" + mark + mark + "\"");             // overlong
  EXPECT_EQ(as_json("\xED\xA0\x80"), "\"" + mark + mark + mark + "\"");  // surrogate
  EXPECT_EQ(as_json("\xF4\x90\x80\x80"), "\"" + mark + mark + mark + mark + "\"");
  EXPECT_EQ(as_json("\xE6\x94"), "\"" + mark + mark + "\"");       // cut short
  EXPECT_EQ(as_json("\xF4\x8F\xBF\xBF"), "\"\xF4\x8F\xBF\xBF\"");  // the last code point
}

TEST(Writer, WritesIntegersAtTheirLimits) {
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(number(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(Writer, KeepsDoublesDoubles) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(5.0), "5.0");
  EXPECT_EQ(number(-0.0), "-0.0");
  EXPECT_EQ(number(1e300), "1e+300");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "null");
}

TEST(Writer, BuildsNestedDocuments) {
  std::string out;
  Writer w(out);
  w.begin_object().member("a", 1).member("b", -2L).member("c", 3u).member("d", true).member("e", "x").member(
      "f", 0.5);
  w.key("g")
      .begin_array()
      .value(false)
      .null()
      .begin_object()
      .end_object()
      .begin_array()
      .end_array()
      .end_array();
  w.key("h").raw("{\"z\":[]}");
  EXPECT_FALSE(w.complete());
  w.end_object();
  EXPECT_TRUE(w.complete());
  EXPECT_EQ(out, R"({"a":1,"b":-2,"c":3,"d":true,"e":"x","f":0.5,"g":[false,null,{},[]],"h":{"z":[]}})");
}

TEST(Writer, AppendsAndWritesScalars) {
  std::string out = "data: ";
  Writer w(out);
  w.value("x");
  EXPECT_TRUE(w.complete());
  EXPECT_EQ(out, "data: \"x\"");
}

TEST(WriterDeath, RefusesBrokenStructure) {
  std::string out;
  EXPECT_DEATH({ Writer(out).begin_object().value(1); }, "CHECK failed");
  EXPECT_DEATH({ Writer(out).begin_array().key("a"); }, "CHECK failed");
  EXPECT_DEATH({ Writer(out).begin_object().key("a").end_object(); }, "CHECK failed");
  EXPECT_DEATH({ Writer(out).begin_object().end_array(); }, "CHECK failed");
  EXPECT_DEATH({ Writer(out).value(1).value(2); }, "CHECK failed");
  EXPECT_DEATH({ Writer(out).end_object(); }, "CHECK failed");
}

TEST(WriterDeath, RefusesMoreLevelsThanItCounts) {
  std::string out;
  Writer w(out);
  for (int i = 0; i < Writer::depth_max; ++i) w.begin_array();
  EXPECT_DEATH(w.begin_array(), "CHECK failed");
}

// Any bytes: the reader takes what was written, and gets the same text where it was UTF-8.
TEST(WriterProperty, AnyBytesBecomeValidJson) {
  const std::uint64_t seed = 20260701;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  Reader reader;
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 24, '\0');
    for (char& c : text) c = static_cast<char>(random() % 4 == 0 ? 0x80 + random() % 128 : random() % 128);
    const std::string json = as_json(text);
    const auto view = reader.parse(json);
    ASSERT_TRUE(view.has_value()) << json;
    if (is_utf8(text)) {
      ASSERT_EQ(view->as_string().value(), text);
    }
  }
}

TEST(WriterProperty, DoublesSurviveTheRoundTripBitForBit) {
  const std::uint64_t seed = 20260702;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  Reader reader;
  for (int round = 0; round < 50000; ++round) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const std::string text = number(value);
    const auto view = reader.parse(text);
    ASSERT_TRUE(view.has_value()) << text;
    ASSERT_EQ(view->kind(), Kind::number) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(view->as_double().value()), std::bit_cast<std::uint64_t>(value))
        << text;
  }
}

}  // namespace
}  // namespace tillwatch::json
