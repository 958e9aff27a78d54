#include "intake/ndjson_reader.h"

#include <gtest/gtest.h>

#include "core/limits.h"

namespace tillwatch::intake {
namespace {

namespace limits = core::limits;

struct Got {
  bool damaged;
  std::uint64_t line;
  std::vector<std::string> fields;
  std::string why;
  Position at;
};

std::vector<Got> read(std::string_view text, const std::vector<std::string>& wanted,
                      std::size_t step = 4096) {
  ports::MemorySource source(text, "test.ndjson", step);
  NdjsonReader reader(source, wanted);
  std::vector<Got> rows;
  Row row;
  Damage damage;
  for (;;) {
    const core::Result<RowState> state = reader.next(row, damage);
    EXPECT_TRUE(state.has_value());
    if (!state || *state == RowState::end) break;
    Got got{*state == RowState::damaged, row.line, {}, "", {}};
    if (got.damaged) {
      got.why = damage.why;
      got.at = row.position(damage.offset);
    } else {
      for (const Field& field : row.fields)
        got.fields.push_back(field.present ? std::string(field.text) : "(none)");
    }
    rows.push_back(got);
  }
  return rows;
}
using Fields = std::vector<std::string>;

TEST(NdjsonReader, takes_members_as_they_were_written) {
  const std::string text =
      "\xef\xbb\xbf{\"a\": 57.160000000000000001, \"b\": {\"c\": \"x\\u00e9\\ud83d\\ude00\\n\\\"/\"}, \"n\": "
      "null}\r\n\n"
      "{\"b\":{\"c\":true},\"l\":[1,{\"d\":-0}],\"a\":1e5}";
  for (const std::size_t step : {1ul, 3ul, 4096ul}) {
    const std::vector<Got> rows = read(text, {"/a", "/b/c", "/n", "/l/1/d"}, step);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].fields,
              (Fields{"57.160000000000000001", "x\xc3\xa9\xf0\x9f\x98\x80\n\"/", "(none)", "(none)"}));
    EXPECT_EQ(rows[1].fields, (Fields{"1e5", "true", "(none)", "-0"}));
    EXPECT_EQ(rows[1].line, 3u);
  }
}

TEST(NdjsonReader, escaped_names_are_found) {
  EXPECT_EQ(read("{\"a/b\":{\"~\":1}}\n", {"/a~1b/~0"})[0].fields, (Fields{"1"}));
}

TEST(NdjsonReader, damaged_lines_cost_themselves_only) {
  const std::vector<Got> rows =
      read("{\"a\":1\n[1]\n{\"a\":1,\"a\":2}\n{\"a\":{\"b\":1}}\n{\"a\":3}\n\"x\"", {"/a"});
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_TRUE(rows[0].damaged);
  EXPECT_EQ(rows[0].at.line, 1u);
  EXPECT_NE(rows[1].why.find("no JSON object"), std::string::npos);
  EXPECT_TRUE(rows[2].damaged);
  EXPECT_NE(rows[3].why.find("an object or an array"), std::string::npos);
  EXPECT_EQ(rows[3].at, (Position{4, 6}));
  EXPECT_EQ(rows[4].fields, (Fields{"3"}));
  EXPECT_TRUE(rows[5].damaged);
}

TEST(NdjsonReader, long_lines_are_cut_at_the_bound) {
  const auto line = [](std::size_t size) {
    std::string text = "{\"a\":1";
    return text + std::string(size - text.size() - 1, ' ') + "}\n";
  };
  const std::vector<Got> rows = read(line(limits::row_bytes_max) + line(limits::row_bytes_max + 1) +
                                         line(3 * limits::row_bytes_max) + "{\"a\":2}",
                                     {"/a"});
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_FALSE(rows[0].damaged);
  EXPECT_NE(rows[1].why.find("longer than"), std::string::npos);
  EXPECT_NE(rows[2].why.find("longer than"), std::string::npos);
  EXPECT_EQ(rows[3].fields, (Fields{"2"}));
  EXPECT_EQ(rows[3].line, 4u);
}

}  // namespace
}  // namespace tillwatch::intake
