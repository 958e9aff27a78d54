#include "replay/replay.h"

#include <gtest/gtest.h>

#include "replay/column_writer.h"
#include "replay/rebuild.h"

namespace tillwatch::replay {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

const std::string pack = R"(policy: sample
version: 1
authority: acquirer
base_currency: CNY
attributes:
  - {name: loyalty.tier, type: string}
features:
  - {name: terminal_sum_1h, of: transaction, key: [terminal.id], aggregate: sum, value: amount_base,
     window: 1h, empty: 0}
  - {name: terminal_mean_1h, of: transaction, key: [terminal.id], aggregate: mean, value: amount_base,
     window: 1h}
derived:
  - {name: big, value: terminal_sum_1h > 1000}
rules:
  - id: large
    title: {en: Large, zh: 大额}
    when: terminal_sum_1h > 1000
    action: {authorisation: decline}
    reason: amount
    confidence: 0.5
    text: {en: "{terminal_sum_1h}", zh: "{terminal_sum_1h}"}
  - id: asks-for-rep
    title: {en: Rep, zh: 业务员}
    when: agent.rep == "R1"
    action: {subject: watch, of: merchant.id}
    reason: rep
    mode: live
    text: {en: "rep", zh: "业务员"}
)";

std::shared_ptr<const policy::Bundle> sample_bundle() {
  policy::Faults faults;
  auto bundle = policy::Bundle::load({{"pack.yaml", pack}}, faults);
  for (const policy::Fault& fault : faults) ADD_FAILURE() << fault.to_string();
  return bundle;
}

class ReplayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bundle_ = sample_bundle();
    ASSERT_NE(bundle_, nullptr);
    auto engine = engine::Engine::create({}, bundle_, [](const std::string&) { return nullptr; });
    ASSERT_TRUE(engine.has_value());
    engine_ = std::move(*engine);
    replay_ = std::make_unique<Replay>(*engine_,
                                       Options{.past_ms_max = 1000, .future_ms_max = 10, .originals = true});
  }

  static EntryBuilder sale(std::string_view id, std::int64_t amount, core::TimeMs arrival,
                           core::TimeMs event_time) {
    EntryBuilder entry;
    entry.header.kind = EntryKind::transaction;
    entry.header.admitted_at = arrival;
    entry.header.event_time = entry.header.raw_event_time = event_time;
    entry.set(AttributeId::id, Value::of(id));
    entry.set(AttributeId::amount, Value::of(amount));
    entry.set(AttributeId::currency, Value::of("CNY"));
    entry.set(AttributeId::terminal_id, Value::of("T1"));
    return entry;
  }
  core::Result<bool> take(const EntryBuilder& entry) {
    EXPECT_TRUE(entry.encode(bytes_).has_value());
    return replay_->take(bytes_);
  }

  std::shared_ptr<const policy::Bundle> bundle_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<Replay> replay_;
  core::Bytes bytes_;  // of the entry taken last: its values are read from them until the next one
};

constexpr core::TimeMs start = 1'783'087'509'000;

TEST_F(ReplayTest, decides_counts_and_writes_columns) {
  auto columns = ColumnWriter::create(
      "id,amount=AMOUNT,terminal_mean_1h,big,sequence,authorisation,settlement,subject,score,rules,loyalty."
      "tier",
      *bundle_);
  ASSERT_TRUE(columns.has_value()) << columns.error().to_string();
  std::string out;
  columns->header(out);
  EXPECT_EQ(take(sale("a", 600, start, start)), true);
  columns->row(*engine_, replay_->decision(), out);
  EntryBuilder second = sale("b,\"", 401, start + 5, start + 5);
  ASSERT_TRUE(second.set_extra("loyalty.tier", Value::of("gold")).has_value());
  EXPECT_EQ(take(second), true);
  columns->row(*engine_, replay_->decision(), out);
  EXPECT_EQ(
      out,
      "id,AMOUNT,terminal_mean_1h,big,sequence,authorisation,settlement,subject,score,rules,loyalty.tier\n"
      "a,600,600,false,1,allow,release,none,0,,\n"
      "\"b,\"\"\",401,500.5,true,2,decline,release,none,0.5,large,gold\n");
  const Summary& summary = replay_->summary();
  EXPECT_EQ(summary.entries, 2u);
  EXPECT_EQ(summary.decided, 2u);
  EXPECT_EQ(summary.fired, 1u);
  EXPECT_EQ(summary.authorisation[2], 1u);
  EXPECT_EQ(summary.rules.at("large").live, 1u);
  EXPECT_EQ(summary.not_seen.at("agent.rep"), 2u);
  const std::string text = summary.to_text(*bundle_);
  EXPECT_NE(text.find("large "), std::string::npos) << text;
  EXPECT_NE(text.find("50.0000 %"), std::string::npos) << text;
  EXPECT_NE(text.find("agent.rep "), std::string::npos) << text;
}

TEST_F(ReplayTest, times_outside_the_admitted_span_are_replaced_as_live) {
  EXPECT_EQ(take(sale("a", 1, start, start - 1000)), true);
  EXPECT_EQ(replay_->entry().header().event_time, start - 1000);
  EXPECT_EQ(take(sale("b", 1, start, start - 1001)), true);
  EXPECT_EQ(replay_->entry().header().event_time, start);
  EXPECT_EQ(replay_->entry().header().raw_event_time, start - 1001);
  EXPECT_EQ(take(sale("c", 1, start, start + 10)), true);
  EXPECT_EQ(take(sale("d", 1, start, start + 11)), true);
  EXPECT_EQ(replay_->entry().header().event_time, start);
  EXPECT_EQ(replay_->summary().event_times_replaced, 2u);
  EXPECT_EQ(replay_->entry().get(AttributeId::amount_base).integer(), 1);
}

TEST_F(ReplayTest, entries_that_name_an_original_are_completed_from_it) {
  EXPECT_EQ(take(sale("a", 77, start, start)), true);
  EntryBuilder label;
  label.header.kind = EntryKind::label;
  label.header.admitted_at = label.header.event_time = label.header.raw_event_time = start + 1;
  label.set(AttributeId::tx_original_id, Value::of("a"));
  label.set(AttributeId::label_fraud, Value::of(true));
  EXPECT_EQ(take(label), false);
  EXPECT_EQ(replay_->entry().text(AttributeId::terminal_id), "T1");
  EXPECT_EQ(replay_->entry().get(AttributeId::tx_original_amount).integer(), 77);
  label.set(AttributeId::tx_original_id, Value::of("zzz"));
  EXPECT_EQ(take(label), false);
  EXPECT_EQ(replay_->summary().orphans, 1u);
}

TEST_F(ReplayTest, what_no_file_may_bring_and_bytes_that_are_no_entry_are_errors) {
  EXPECT_EQ(replay_->take("\x01nonsense").error().code, core::ErrorCode::corrupt);
  EntryBuilder tick;
  tick.header.kind = EntryKind::tick;
  tick.header.admitted_at = start;
  tick.header.event_time = tick.header.raw_event_time = start - 5000;
  EXPECT_EQ(take(tick).error().code, core::ErrorCode::denied);
}

TEST(ColumnWriter, refuses_what_it_does_not_know) {
  const auto bundle = sample_bundle();
  const auto near = ColumnWriter::create("id,terminal_sum_2h", *bundle);
  ASSERT_FALSE(near.has_value());
  EXPECT_NE(near.error().detail.find("did you mean 'terminal_sum_1h'"), std::string::npos);
  for (const std::string_view list : {"", "id,", ",id", "id=", "=x"})
    EXPECT_FALSE(ColumnWriter::create(list, *bundle).has_value()) << list;
  std::string most = "id";
  for (std::size_t i = 1; i < core::limits::row_columns_max; ++i) most += ",id";
  EXPECT_TRUE(ColumnWriter::create(most, *bundle).has_value());
  EXPECT_EQ(ColumnWriter::create(most + ",id", *bundle).error().code, core::ErrorCode::limit);
}

TEST(Originals, forgets_the_oldest_within_its_bound) {
  Originals originals(1000);
  std::vector<payment::Digest128> keys;
  for (int i = 0; i < 50; ++i) {
    EntryBuilder entry;
    const std::string id = "t" + std::to_string(i);
    entry.set(AttributeId::id, Value::of(std::string_view(id)));
    core::Bytes bytes;
    ASSERT_TRUE(entry.encode(bytes).has_value());
    payment::EntryView view;
    ASSERT_TRUE(view.decode(bytes).has_value());
    originals.keep(view);
    originals.keep(view);  // the same id again is not kept twice
    keys.push_back(payment::key_of(view));
  }
  EXPECT_TRUE(originals.find(keys.back()).has_value());
  EXPECT_FALSE(originals.find(keys.front()).has_value());
  std::size_t kept = 0;
  for (const payment::Digest128& key : keys) kept += originals.find(key).has_value() ? 1u : 0u;
  EXPECT_GE(kept, 4u);
  EXPECT_LE(kept, 7u);
}

TEST(Rebuild, gives_the_same_bytes_again) {
  EntryBuilder entry;
  entry.header.kind = EntryKind::label;
  entry.header.flags = payment::flag_history;
  entry.header.admitted_at = 5;
  entry.header.event_time = entry.header.raw_event_time = 4;
  entry.set(AttributeId::label_fraud, Value::of(true));
  entry.set(AttributeId::source, Value::of("batch"));
  ASSERT_TRUE(entry.set_extra("x.y", Value::of(0.5)).has_value());
  core::Bytes bytes, again;
  ASSERT_TRUE(entry.encode(bytes).has_value());
  payment::EntryView view;
  ASSERT_TRUE(view.decode(bytes).has_value());
  EntryBuilder rebuilt;
  ASSERT_TRUE(rebuild(view, rebuilt).has_value());
  ASSERT_TRUE(rebuilt.encode(again).has_value());
  EXPECT_EQ(bytes, again);
}

}  // namespace
}  // namespace tillwatch::replay
