// Files as portals and switches write them: a title before the header, totals after the rows, guards, words
// for nothing, GB18030, fixed widths.
#include <gtest/gtest.h>

#include "intake/decoded_source.h"
#include "intake/mapped_input.h"
#include "intake/sample_door.h"

namespace tillwatch::intake {
namespace {

using payment::AttributeId;

class Kept final : public SetAside {
 public:
  core::Status take(std::string_view input, std::string_view, const Row& row, const Damage& damage) override {
    sentences.push_back(sentence_about(input, row, damage));
    return {};
  }
  std::vector<std::string> sentences;
};

std::string mapping_with(const std::string& input) {
  return "mapping: forms\ninput: " + input + R"(
time: {column: T, format: epoch_ms}
emits:
  - kind: transaction
    set:
      id: {column: ID, required: true}
      amount: {column: A, as: decimal, digits: 2, group: ","}
      currency: {constant: CNY}
      merchant.id: M
)";
}

class WrittenForms : public ::testing::Test {
 protected:
  // "id amount merchant" of each entry.
  std::vector<std::string> read(const std::string& input, const std::string& text, std::size_t step = 7) {
    std::vector<std::string> out;
    const auto mapping = read_mapping(mapping_with(input), "m.yaml");
    EXPECT_TRUE(mapping.has_value()) << (mapping ? "" : mapping.error().to_string());
    if (!mapping) return out;
    const auto door = sample_door();
    MappedInput rows(std::make_unique<ports::MemorySource>(text, "in", step), *mapping, *door, {}, {}, kept_);
    RowEntries row;
    for (;;) {
      const core::Result<bool> more = rows.next(row);
      if (!more) error_ = more.error();
      if (!more || !*more) break;
      payment::EntryView view;
      EXPECT_TRUE(view.decode(row.drafts[0].bytes).has_value());
      out.push_back(std::string(view.text(AttributeId::id)) + " " +
                    std::to_string(view.get(AttributeId::amount).integer()) + " " +
                    std::string(view.text(AttributeId::merchant_id)));
    }
    return out;
  }
  std::string fault(const std::string& input) {
    const auto mapping = read_mapping(mapping_with(input), "m.yaml");
    return mapping ? "" : mapping.error().to_string();
  }

  Kept kept_;
  core::Error error_;
};

using Rows = std::vector<std::string>;

TEST_F(WrittenForms, TitleTotalsGuardsAndWordsForNothing) {
  const std::string input = R"({format: csv, preamble: 2, end: [SUM, 合计], guard: "`", absent: "*"})";
  const std::string text =
      "Statement, with a \" quote\nof a day\nT,ID,A,M\n"
      "1,`a,\"`1,000.50\",`*\n2,`b,`2.00,m`1\n`合计,2,3\nnot,a,row\n";
  for (const std::size_t step : {1u, 3u, 1'000u})
    EXPECT_EQ(read(input, text, step), (Rows{"a 100050 ", "b 200 m`1"})) << step;
  EXPECT_TRUE(kept_.sentences.empty());
}

TEST_F(WrittenForms, LinesAreCountedFromTheTopOfTheFile) {
  EXPECT_EQ(read("{format: csv, preamble: 1}", "title\nT,ID,A,M\n1,a,x,m\n"), Rows{});
  ASSERT_EQ(kept_.sentences.size(), 1u);
  EXPECT_TRUE(kept_.sentences[0].starts_with("in:3:5: column 'A'")) << kept_.sentences[0];
}

TEST_F(WrittenForms, AFileThatEndsBeforeItsHeaderSaysSo) {
  read("{format: csv, preamble: 3}", "title\nT,ID,A,M\n");
  EXPECT_NE(error_.detail.find("input.preamble"), std::string::npos) << error_.detail;
}

TEST_F(WrittenForms, Gb18030IsReadAsWhatItSays) {
  const std::string header = "T,ID,A,M\n";
  // 商户 in two bytes each, and a character of four bytes.
  const std::string text = header + "1,a,1.00,\xc9\xcc\xbb\xa7\n2,b,2.00,\x95\x32\x82\x36\n";
  for (const std::size_t step : {1u, 2u, 100u})
    EXPECT_EQ(read("{format: csv, encoding: gb18030}", text, step), (Rows{"a 100 商户", "b 200 𠀀"})) << step;
}

TEST_F(WrittenForms, WhatIsNoCharacterCostsItsRowAlone) {
  const std::string text = "T,ID,A,M\n1,a,1.00,m\n2,b,2.00,\xff\n3,c,3.00,m\n4,d,4.00,\x95";
  EXPECT_EQ(read("{format: csv, encoding: gb18030}", text), (Rows{"a 100 m", "c 300 m"}));
  ASSERT_EQ(kept_.sentences.size(), 2u);
  EXPECT_TRUE(kept_.sentences[0].starts_with("in:3:"));
  EXPECT_TRUE(kept_.sentences[1].starts_with("in:5:"));
}

TEST_F(WrittenForms, FixedWidths) {
  const std::string input =
      "{format: fixed, columns: [T, ID, A, M], widths: [3, 4, 6, 5], gap: 1, end: [END], absent: \"-\"}";
  const std::string text =
      "  1 a      1.00 m1   \n  2 b         - -    \n  3 c      1.00 m\n  4 d         x m1   \nEND 4\nmore\n";
  EXPECT_EQ(read("{format: fixed, columns: [T, ID, A, M], widths: [3, 4, 6, 5], gap: 1, end: [END]}",
                 "  1 a      1.00 m1   \r\n"),
            (Rows{"a 100 m1"}));
  const auto mapping = read_mapping(mapping_with(input), "m.yaml");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_EQ(mapping->widths, (std::vector<std::size_t>{3, 4, 6, 5}));
  const auto rows = read(input, text.substr(0, text.find("  2")) + text.substr(text.find("  3")));
  EXPECT_EQ(rows, (Rows{"a 100 m1"}));
  ASSERT_EQ(kept_.sentences.size(), 2u);
  EXPECT_TRUE(kept_.sentences[0].starts_with("in:2:18: the line has 17 bytes instead of 21"))
      << kept_.sentences[0];
  EXPECT_TRUE(kept_.sentences[1].starts_with("in:3:10: column 'A'")) << kept_.sentences[1];
}

TEST_F(WrittenForms, WhatDoesNotFitTogetherIsRefusedWithItsPlace) {
  EXPECT_NE(fault("{format: fixed, columns: [T, ID, A, M], widths: [1, 2]}").find("4 columns and 2 widths"),
            std::string::npos);
  EXPECT_NE(fault("{format: fixed, columns: [T, ID, A, M], widths: [1, 2, 0, 4]}").find("'0' is no width"),
            std::string::npos);
  EXPECT_NE(fault("{format: fixed, columns: [T, ID, A], widths: [1, 2, 3]}").find("does not name 'M'"),
            std::string::npos);
  EXPECT_NE(fault("{format: csv, guard: \",\"}").find("guard"), std::string::npos);
  EXPECT_NE(fault("{format: csv, preamble: 21}").find("preamble"), std::string::npos);
  EXPECT_NE(fault("{format: ndjson, preamble: 1}").find("preamble"), std::string::npos);
  EXPECT_NE(fault("{format: fixed, encoding: gb18030, columns: [T], widths: [1]}").find("encoding"),
            std::string::npos);
}

}  // namespace
}  // namespace tillwatch::intake
