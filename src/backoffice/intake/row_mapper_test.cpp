#include "intake/row_mapper.h"

#include <gtest/gtest.h>

#include "intake/mapped_input.h"
#include "intake/sample_door.h"

namespace tillwatch::intake {
namespace {

using payment::AttributeId;
using payment::EntryKind;

const std::string sample = R"(mapping: sample
input: {format: csv}
time: {column: TIME, format: datetime, offset: "+08:00"}
arrival: {column: ARRIVED, format: epoch_ms}
emits:
  - kind: transaction
    set:
      id: REF
      amount: {column: AMOUNT, as: decimal, digits: 2, required: true}
      currency: {constant: CNY}
      card.number: {column: CARD}
      terminal.id: {column: TERMINAL, trim: true}
      tx.type: {column: TYPE, map: {"1": sale, "2": refund}}
      tx.terminal_time: {column: CLOCK, format: compact, offset: "+08:00"}
    extras:
      loyalty.points: {column: POINTS, as: integer}
      loyalty.tier: TIER
      loyalty.share: {column: SHARE, as: number}
  - kind: label
    offset: 7d
    when: [{column: FRAUD, in: ["0", "1"]}, {column: TYPE, not_in: ["2"]}]
    set: {terminal.id: TERMINAL, label.fraud: FRAUD}
)";
const std::string header = "TIME,ARRIVED,REF,AMOUNT,CARD,TERMINAL,TYPE,CLOCK,POINTS,TIER,SHARE,FRAUD\n";

class Discard final : public SetAside {
 public:
  core::Status take(std::string_view input, std::string_view, const Row& row, const Damage& damage) override {
    sentences.push_back(sentence_about(input, row, damage));
    raws.emplace_back(row.raw);
    return {};
  }
  std::vector<std::string> sentences, raws;
};

class RowMapperTest : public ::testing::Test {
 protected:
  // The entries of a file of these rows.
  std::vector<core::Bytes> map(const std::string& rows, Batch batch = {}, InputOptions options = {}) {
    text_ = header + rows;
    MappedInput input(std::make_unique<ports::MemorySource>(text_, "in.csv"), mapping_, *door_,
                      std::move(batch), options, set_aside_);
    std::vector<core::Bytes> entries;
    RowEntries row;
    for (;;) {
      const core::Result<bool> more = input.next(row);
      if (!more) error_ = more.error();
      if (!more || !*more) break;
      for (std::size_t i = 0; i < row.count; ++i) entries.push_back(row.drafts[i].bytes);
    }
    return entries;
  }
  static payment::EntryView view(const core::Bytes& bytes) {
    payment::EntryView entry;
    EXPECT_TRUE(entry.decode(bytes).has_value());
    return entry;
  }
  std::string damage_of(const std::string& row) {
    set_aside_ = {};
    EXPECT_TRUE(map(row + "\n").empty());
    EXPECT_EQ(set_aside_.sentences.size(), 1u);
    EXPECT_EQ(set_aside_.raws.at(0), row);
    return set_aside_.sentences.empty() ? "" : set_aside_.sentences[0];
  }

  Mapping mapping_ = *read_mapping(sample, "m.yaml");
  std::unique_ptr<door::Door> door_ = sample_door();
  Discard set_aside_;
  std::string text_;
  core::Error error_;
};

// Passes Luhn; put together here so that no card number stands in the source.
const std::string pan = std::string("45395787") + "63621486";
const std::string good =
    "2026-07-03 22:05:09,1783087510000,A1,57.16," + pan + ", T7 ,1,20260703220500,-5,gold,0.25,1";

TEST_F(RowMapperTest, a_row_becomes_its_entries) {
  const std::vector<core::Bytes> entries = map(good + "\n");
  ASSERT_EQ(entries.size(), 2u);
  const payment::EntryView sale = view(entries[0]);
  EXPECT_EQ(sale.kind(), EntryKind::transaction);
  EXPECT_EQ(sale.header().event_time, 1783087509000);
  EXPECT_EQ(sale.header().admitted_at, 1783087510000);
  EXPECT_EQ(sale.header().flags, 0);
  EXPECT_EQ(sale.get(AttributeId::amount).integer(), 5716);
  EXPECT_EQ(sale.text(AttributeId::id), "A1");
  EXPECT_EQ(sale.text(AttributeId::terminal_id), "T7");
  EXPECT_EQ(sale.text(AttributeId::tx_type), "sale");
  EXPECT_EQ(sale.text(AttributeId::card_identity), "token");
  EXPECT_EQ(sale.get(AttributeId::tx_terminal_time).integer(), 1783087500000);
  EXPECT_EQ(sale.extra("loyalty.points").integer(), -5);
  EXPECT_EQ(sale.extra("loyalty.tier").text(), "gold");
  EXPECT_EQ(sale.extra("loyalty.share").decimal(), 0.25);
  EXPECT_FALSE(sale.has(AttributeId::source));
  EXPECT_EQ(entries[0].find(pan), std::string::npos);
  const payment::EntryView label = view(entries[1]);
  EXPECT_EQ(label.kind(), EntryKind::label);
  EXPECT_EQ(label.header().event_time, 1783087509000 + 7 * core::day_ms);
  EXPECT_EQ(label.header().admitted_at, 1783087510000 + 7 * core::day_ms);
  EXPECT_TRUE(label.get(AttributeId::label_fraud).boolean());
}

TEST_F(RowMapperTest, empty_fields_are_absent_and_conditions_decide) {
  const std::vector<core::Bytes> entries = map("2026-07-03 22:05:09,1783087510000,,1,,,2,,,,,1\n");
  ASSERT_EQ(entries.size(), 1u);  // a refund has no label
  const payment::EntryView entry = view(entries[0]);
  EXPECT_FALSE(entry.has(AttributeId::id));
  EXPECT_FALSE(entry.has(AttributeId::card_reference));
  EXPECT_FALSE(entry.has(AttributeId::tx_terminal_time));
  EXPECT_TRUE(entry.extras().empty());
  EXPECT_EQ(map("2026-07-03 22:05:09,1783087510000,,1,,,1,,,,,\n").size(), 1u);
}

TEST_F(RowMapperTest, an_import_adds_batch_client_and_ids) {
  const std::vector<core::Bytes> entries =
      map(good + "\n2026-07-03 22:05:09,1783087510000,,1,,,2,,,,,\n", {"in.csv@0123", "0123"});
  ASSERT_EQ(entries.size(), 3u);
  for (const core::Bytes& bytes : entries) {
    const payment::EntryView entry = view(bytes);
    EXPECT_TRUE(entry.header().history());
    EXPECT_EQ(entry.text(AttributeId::source), "in.csv@0123");
    EXPECT_EQ(entry.text(AttributeId::client), "import/sample");
  }
  EXPECT_EQ(view(entries[0]).text(AttributeId::id), "A1");
  EXPECT_EQ(view(entries[1]).text(AttributeId::id), "0123:2:1");
  EXPECT_EQ(view(entries[2]).text(AttributeId::id), "0123:3:0");
}

TEST_F(RowMapperTest, damage_is_named_with_line_column_and_reason) {
  EXPECT_EQ(damage_of("2026-07-03,1783087510000,A1,1,,,1,,,,,1"),
            "in.csv:2:1: column 'TIME': '2026-07-03' is no time such as 2026-07-03 14:05:09; correct the "
            "field, or the "
            "mapping where every row says so");
  EXPECT_NE(damage_of("2026-07-03 22:05:09,x,A1,1,,,1,,,,,1").find("in.csv:2:21: column 'ARRIVED': 'x'"),
            std::string::npos);
  EXPECT_NE(damage_of("2026-07-03 22:05:09,1783087510000,A1,57.165,,,1,,,,,1")
                .find("column 'AMOUNT': amount: '57.165' has more than 2 digits"),
            std::string::npos);
  EXPECT_NE(damage_of("2026-07-03 22:05:09,1783087510000,A1,,,,1,,,,,1").find("amount is required"),
            std::string::npos);
  EXPECT_NE(
      damage_of("2026-07-03 22:05:09,1783087510000,A1,1,,,7,,,,,1").find("'7' is not in the mapping's map"),
      std::string::npos);
  EXPECT_NE(
      damage_of("2026-07-03 22:05:09,1783087510000,A1,1,12,,1,,,,,1").find("column 'CARD': card.number"),
      std::string::npos);
  EXPECT_NE(damage_of("2026-07-03 22:05:09,1783087510000," + pan + ",1,,,1,,,,,1")
                .find("cannot be told from a card"),
            std::string::npos);
}

TEST_F(RowMapperTest, sentences_hold_no_card_length_digits) {
  const std::string sentence = damage_of(pan + ",1783087510000,A1,1,,,1,,,,,1");
  EXPECT_EQ(sentence.find(pan), std::string::npos);
  EXPECT_NE(sentence.find("453957******1486"), std::string::npos);
}

TEST_F(RowMapperTest, a_row_gives_all_of_its_entries_or_none) {
  // The transaction is good, the label behind it is not.
  EXPECT_NE(
      damage_of("2026-07-03 22:05:09,1783087510000,A1,1,," + std::string(2000, 'x') + ",1,,,,,1").size(), 0u);
}

TEST_F(RowMapperTest, strict_stops_at_the_first_damage) {
  EXPECT_EQ(map(good + "\nbad\n" + good + "\n", {}, {.in_order = true, .strict = true}).size(), 2u);
  EXPECT_EQ(error_.code, core::ErrorCode::invalid);
  EXPECT_NE(error_.detail.find("in.csv:3:4: the row has 1 fields instead of 12"), std::string::npos)
      << error_.detail;
}

TEST_F(RowMapperTest, rows_out_of_order_are_an_error_that_names_both_times) {
  const std::string earlier = "2026-07-03 22:05:08,1783087509999,A2,1,,,1,,,,,\n";
  EXPECT_EQ(map(good + "\n" + good + "\n" + earlier).size(), 4u);
  EXPECT_EQ(error_.where, "in.csv:4");
  EXPECT_NE(
      error_.detail.find("this row is of 2026-07-03T14:05:09.999Z, but line 3 is of 2026-07-03T14:05:10Z"),
      std::string::npos)
      << error_.detail;
  EXPECT_NE(error_.detail.find("--sort"), std::string::npos);
  error_ = {};
  EXPECT_EQ(map(good + "\n" + earlier, {}, {.in_order = false, .strict = false}).size(), 3u);
  EXPECT_EQ(error_, core::Error{});
}

}  // namespace
}  // namespace tillwatch::intake
