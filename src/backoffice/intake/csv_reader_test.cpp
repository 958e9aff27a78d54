#include "intake/csv_reader.h"

#include <gtest/gtest.h>

#include <random>

namespace tillwatch::intake {
namespace {

namespace limits = core::limits;

struct Got {
  bool damaged = false;
  std::uint64_t line = 0;
  std::string raw;
  std::vector<std::string> fields;
  std::string why;
  Position at;
  bool cut = false;
};

struct All {
  std::vector<Got> rows;
  core::Status status;
  std::string header;
};

All read(std::string_view text, CsvOptions options, std::size_t step = 1 << 16) {
  ports::MemorySource source(text, "test.csv", step);
  CsvReader reader(source, std::move(options));
  All all;
  Row row;
  Damage damage;
  for (;;) {
    const core::Result<RowState> state = reader.next(row, damage);
    if (!state) {
      all.status = std::unexpected(state.error());
      break;
    }
    if (*state == RowState::end) break;
    Got got{*state == RowState::damaged, row.line, std::string(row.raw), {}, "", {}, false};
    if (got.damaged) {
      got.why = damage.why;
      got.at = row.position(damage.offset);
      got.cut = damage.cut;
      EXPECT_FALSE(damage.remedy.empty());
    } else {
      for (const Field& field : row.fields) got.fields.emplace_back(field.text);
    }
    all.rows.push_back(got);
  }
  all.header = reader.header_line();
  return all;
}

CsvOptions positional(std::size_t columns) {
  CsvOptions options;
  options.header = false;
  for (std::size_t i = 0; i < columns; ++i) options.file_columns.push_back("c" + std::to_string(i));
  options.wanted = options.file_columns;
  return options;
}
CsvOptions named(std::vector<std::string> wanted) {
  CsvOptions options;
  options.wanted = std::move(wanted);
  return options;
}
using Fields = std::vector<std::string>;

TEST(CsvReader, reads_quotes_line_breaks_and_both_line_ends) {
  const std::string text = "a,b\r\n1,\"x,\"\"y\"\"\r\nz\"\n\"\",\n\"q\"\"\",\"\"\"\"\n,last";
  for (const std::size_t step : {1ul, 2ul, 3ul, 7ul, 1000ul}) {
    const All all = read(text, named({"a", "b"}), step);
    ASSERT_TRUE(all.status.has_value());
    ASSERT_EQ(all.rows.size(), 4u);
    EXPECT_EQ(all.rows[0].fields, (Fields{"1", "x,\"y\"\r\nz"}));
    EXPECT_EQ(all.rows[0].line, 2u);
    EXPECT_EQ(all.rows[1].fields, (Fields{"", ""}));
    EXPECT_EQ(all.rows[1].line, 4u);
    EXPECT_EQ(all.rows[2].fields, (Fields{"q\"", "\""}));
    EXPECT_EQ(all.rows[3].fields, (Fields{"", "last"}));
    EXPECT_EQ(all.rows[3].line, 6u);
    EXPECT_EQ(all.header, "a,b");
  }
}

TEST(CsvReader, strips_the_byte_order_mark_and_skips_blank_lines) {
  const All all = read(
      "\xef\xbb\xbf"
      "a;b\n\n1;2\n\r\n3;4\n\n",
      [] {
        CsvOptions options = named({"b", "a"});
        options.separator = ';';
        return options;
      }());
  ASSERT_TRUE(all.status.has_value());
  ASSERT_EQ(all.rows.size(), 2u);
  EXPECT_EQ(all.rows[0].fields, (Fields{"2", "1"}));  // in the order that was asked for
  EXPECT_EQ(all.rows[1].line, 5u);
}

// Behind a byte order mark it is a column of odd bytes, however the file comes in.
TEST(CsvReader, looks_for_utf16_at_the_beginning_only) {
  const All all = read("\xef\xbb\xbf\xff\xfe,a\n1,2\n", named({"a"}));
  ASSERT_FALSE(all.status.has_value());
  EXPECT_EQ(all.status.error().detail.find("UTF-16"), std::string::npos) << all.status.error().to_string();
}

TEST(CsvReader, refuses_a_file_that_is_not_what_the_mapping_says) {
  EXPECT_NE(read("", named({"a"})).status.error().detail.find("empty"), std::string::npos);
  const All missing = read("id,amuont\n1,2\n", named({"amount"}));
  EXPECT_EQ(missing.status.error().where, "test.csv:1");
  EXPECT_NE(missing.status.error().detail.find("did you mean 'amuont'"), std::string::npos);
  EXPECT_NE(read("a,a\n", named({"a"})).status.error().detail.find("twice"), std::string::npos);
  EXPECT_NE(read("\xff\xfe"
                 "a\0",
                 named({"a"}))
                .status.error()
                .detail.find("UTF-16"),
            std::string::npos);
  EXPECT_NE(read("\"a\n1\n", named({"a"})).status.error().detail.find("never closed"), std::string::npos);
  EXPECT_NE(read("\xb5\xa5\n", named({"a"})).status.error().detail.find("GB18030"), std::string::npos);
}

TEST(CsvReader, ragged_rows_are_damaged_at_their_place) {
  const All all = read("1,2,3\n1,2\n1,2,3,4\n5,6,7\n", positional(3));
  ASSERT_EQ(all.rows.size(), 4u);
  EXPECT_EQ(all.rows[1].why, "the row has 2 fields instead of 3");
  EXPECT_EQ(all.rows[1].raw, "1,2");
  EXPECT_EQ(all.rows[1].at, (Position{2, 4}));
  EXPECT_EQ(all.rows[2].why, "the row has 4 fields instead of 3");
  EXPECT_EQ(all.rows[2].at, (Position{3, 7}));
  EXPECT_EQ(all.rows[3].fields, (Fields{"5", "6", "7"}));
}

TEST(CsvReader, a_stray_quote_costs_its_line_only) {
  for (const std::size_t step : {1ul, 5ul, 4096ul}) {
    const All all = read("1,a\"b\n2,\"x\n3,\"y\"\n4,z\n5,\"open\n6,w\n", positional(2), step);
    ASSERT_EQ(all.rows.size(), 6u);
    EXPECT_EQ(all.rows[0].at, (Position{1, 4}));
    EXPECT_TRUE(all.rows[1].damaged);
    EXPECT_EQ(all.rows[1].raw, "2,\"x");
    EXPECT_EQ(all.rows[1].at, (Position{2, 3}));
    EXPECT_EQ(all.rows[2].fields, (Fields{"3", "y"}));
    EXPECT_EQ(all.rows[3].fields, (Fields{"4", "z"}));
    EXPECT_TRUE(all.rows[4].damaged);
    EXPECT_NE(all.rows[4].why.find("never closed"), std::string::npos);
    EXPECT_EQ(all.rows[5].fields, (Fields{"6", "w"}));
    EXPECT_EQ(all.rows[5].line, 6u);
  }
}

TEST(CsvReader, a_fault_after_a_field_of_several_lines_keeps_the_line_numbers) {
  const All all = read("1,\"a\nb\",\"c\n2,x,y\n", positional(3));
  ASSERT_EQ(all.rows.size(), 2u);
  EXPECT_TRUE(all.rows[0].damaged);
  EXPECT_EQ(all.rows[0].raw, "1,\"a\nb\",\"c");
  EXPECT_EQ(all.rows[0].at, (Position{2, 4}));
  EXPECT_EQ(all.rows[1].line, 3u);
  EXPECT_EQ(all.rows[1].fields, (Fields{"2", "x", "y"}));
}

TEST(CsvReader, lone_carriage_returns_and_bytes_that_are_no_text_are_damage) {
  const All all = read(std::string_view("1,a\rb\n2,\xb5\n3,\0x\n4,\xe5\x8d\x95\n", 21), positional(2));
  ASSERT_EQ(all.rows.size(), 4u);
  EXPECT_NE(all.rows[0].why.find("carriage return"), std::string::npos);
  EXPECT_EQ(all.rows[0].at, (Position{1, 4}));
  EXPECT_NE(all.rows[1].why.find("UTF-8"), std::string::npos);
  EXPECT_NE(all.rows[2].why.find("UTF-8"), std::string::npos);
  EXPECT_EQ(all.rows[3].fields, (Fields{"4", "\xe5\x8d\x95"}));
}

TEST(CsvReader, bounds_hold_at_the_limit_and_not_beyond) {
  const std::string field(limits::row_field_bytes_max, 'x');
  const All fields = read(
      "1," + field + "\n2," + field + "x\n3,\"" + field + "\"\n4,\"" + field + "x\"\n5,y\n", positional(2));
  ASSERT_EQ(fields.rows.size(), 5u);
  EXPECT_FALSE(fields.rows[0].damaged);
  EXPECT_TRUE(fields.rows[1].damaged);
  EXPECT_FALSE(fields.rows[2].damaged);
  EXPECT_TRUE(fields.rows[3].damaged);
  EXPECT_FALSE(fields.rows[4].damaged);

  const std::string columns = std::string(limits::row_columns_max - 1, ',');
  const All wide = read(columns + "\n" + columns + ",\n", positional(limits::row_columns_max));
  ASSERT_EQ(wide.rows.size(), 2u);
  EXPECT_FALSE(wide.rows[0].damaged);
  EXPECT_NE(wide.rows[1].why.find("more than 1024 columns"), std::string::npos);

  std::string row;
  while (row.size() + 1000 < limits::row_bytes_max) row += std::string(999, 'y') + ",";
  row.resize(limits::row_bytes_max, 'z');
  const std::size_t count = static_cast<std::size_t>(std::count(row.begin(), row.end(), ',')) + 1;
  const All rows = read(row + "\n" + row + "z\n" + row + "\n", positional(count));
  ASSERT_EQ(rows.rows.size(), 3u);
  EXPECT_FALSE(rows.rows[0].damaged);
  EXPECT_NE(rows.rows[1].why.find("longer than 262144"), std::string::npos);
  EXPECT_FALSE(rows.rows[2].damaged);
}

TEST(CsvReader, a_line_without_end_is_passed_over_in_bounded_memory) {
  const std::string endless(5 * limits::row_bytes_max, 'x');
  for (const std::string& opening : {std::string(), std::string("1,\"")}) {
    const All all = read("0,a\n" + opening + endless + "\n2,b\n", positional(2));
    ASSERT_EQ(all.rows.size(), 3u);
    EXPECT_TRUE(all.rows[1].damaged);
    EXPECT_TRUE(all.rows[1].cut);
    EXPECT_EQ(all.rows[1].raw.size(), limits::row_bytes_max);
    EXPECT_EQ(all.rows[2].fields, (Fields{"2", "b"}));
    EXPECT_EQ(all.rows[2].line, 3u);
  }
}

// Any table survives being written and read, in pieces of any size, and any bytes whatever give rows or
// damage whose raw texts are the file again.
TEST(CsvReader, random_tables_come_back) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view alphabet = "ab,\"\n\r ;1";
  for (int round = 0; round < 300; ++round) {
    const std::size_t columns = 1 + random() % 5;
    std::vector<Fields> table;
    std::string text;
    for (std::size_t r = random() % 8; r > 0; --r) {
      Fields fields;
      std::string line;
      for (std::size_t c = 0; c < columns; ++c) {
        std::string field;
        for (std::size_t n = random() % 6; n > 0; --n) field += alphabet[random() % alphabet.size()];
        const bool quotes = field.find_first_of(",\"\r\n") != std::string::npos || random() % 4 == 0;
        if (c > 0) line += ',';
        if (quotes) {
          line += '"';
          for (const char ch : field) line += ch == '"' ? std::string("\"\"") : std::string(1, ch);
          line += '"';
        } else {
          line += field;
        }
        fields.push_back(field);
      }
      if (line.empty()) continue;  // one empty column is a blank line
      table.push_back(fields);
      text += line + (random() % 2 == 0 ? "\n" : "\r\n");
    }
    const All all = read(text, positional(columns), 1 + random() % 9);
    ASSERT_EQ(all.rows.size(), table.size()) << text;
    for (std::size_t r = 0; r < table.size(); ++r) ASSERT_EQ(all.rows[r].fields, table[r]) << text;
  }
}

TEST(CsvReader, random_bytes_are_accounted_for_whatever_the_step) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view alphabet = "a,,\"\"\n\n\r\xb5x";
  for (int round = 0; round < 1000; ++round) {
    std::string text;
    for (std::size_t n = random() % 60; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const All one = read(text, positional(2), 1);
    const All whole = read(text, positional(2), 4096);
    ASSERT_EQ(one.rows.size(), whole.rows.size()) << text;
    std::string joined;
    for (std::size_t r = 0; r < one.rows.size(); ++r) {
      ASSERT_EQ(one.rows[r].raw, whole.rows[r].raw);
      ASSERT_EQ(one.rows[r].why, whole.rows[r].why);
      ASSERT_EQ(one.rows[r].line, whole.rows[r].line);
      joined += one.rows[r].raw;
    }
    // Only line breaks lie between the rows.
    const auto without_breaks = [](std::string t) {
      std::erase_if(t, [](char c) { return c == '\n' || c == '\r'; });
      return t;
    };
    ASSERT_EQ(without_breaks(joined), without_breaks(text));
  }
}

}  // namespace
}  // namespace tillwatch::intake
