// The outbox: numbers without gaps in the order of commits, and an act commits with its rows or not at all.
#include "relay/outbox.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "core/limits.h"
#include "core/office_limits.h"
#include "relay/act.h"
#include "sql/store_fixture.h"

namespace tillwatch::relay {
namespace {

class FixedRandom final : public ports::Random {
 public:
  explicit FixedRandom(unsigned char with) : with_(with) {}
  void fill(std::span<std::byte> out) override {
    for (std::byte& one : out) one = std::byte{with_};
  }

 private:
  unsigned char with_;
};

class Outbox : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  sql::TestStore store_{GetParam()};
  sql::Connection& db_ = store_.connection();
  std::int64_t count(std::string_view query) {
    const auto rows = db_.query(query);
    EXPECT_TRUE(rows.has_value());
    return (*rows)[0].integer(0);
  }
  // A row of a subject and its act, in one transaction.
  void make_subject() {
    ASSERT_TRUE(db_.script("create table thing (id bigint primary key, act bigint not null)").has_value());
  }
  static core::Status change(sql::Connection& db, std::int64_t id, bool commit,
                             core::Sabotage sabotage = {}) {
    TRY(transaction, sql::Transaction::begin(db));
    TRY(number, append(db, {"thing.made", "someone", "thing:1", "{}", 5, nullptr}, sabotage));
    TRY_STATUS(db.execute("insert into thing (id, act) values ($1, $2)", {id, number}));
    return commit ? transaction.commit() : core::Status();
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, Outbox, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(Outbox, ACardNumberInAReasonIsMasked) {
  const std::string typed = "the holder of 4111111111111111 rang";
  Act act{"a.b", "me", "x:1", "", 7, nullptr};
  act.reason = typed;
  auto transaction = sql::Transaction::begin(db_).value();
  ASSERT_TRUE(append(db_, act));
  ASSERT_TRUE(transaction.commit());
  const auto kept = db_.query("select reason from outbox_reason where number = 1").value();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].text(0), "the holder of 411111******1111 rang");
  EXPECT_EQ(act.reason, typed) << "the caller's own words stay as they are";
}

TEST_P(Outbox, NumbersActsFromOneOnAndGivesThemBack) {
  payment::EntryBuilder entry;
  entry.header.kind = payment::EntryKind::list_change;
  entry.set(payment::AttributeId::list_name, payment::Value::of("blocked"));
  std::string bytes;
  ASSERT_TRUE(entry.encode(bytes).has_value());
  {
    auto transaction = sql::Transaction::begin(db_);
    ASSERT_TRUE(transaction.has_value());
    EXPECT_EQ(append(db_, {"a.b", "me", "x:1", R"({"k": "值"})", 7, nullptr}).value(), 1);
    EXPECT_EQ(append(db_, {"list.item_added", "me", "list:blocked", "", 8, &entry}).value(), 2);
    ASSERT_TRUE(transaction->commit().has_value());
  }
  EXPECT_EQ(last_act(db_).value(), 2);
  const auto acts = acts_after(db_, "e", 0, 10);
  ASSERT_TRUE(acts.has_value());
  ASSERT_EQ(acts->size(), 2u);
  EXPECT_EQ((*acts)[0].entry, "");
  EXPECT_EQ((*acts)[0].at, 7);
  EXPECT_EQ((*acts)[0].digest, digest_of({"a.b", "me", "x:1", R"({"k": "值"})", 7, nullptr}, ""));
  EXPECT_EQ((*acts)[1].entry, bytes);
  EXPECT_EQ((*acts)[1].number, 2);
  EXPECT_EQ((*acts)[1].subject, "list:blocked");
  EXPECT_NE((*acts)[1].digest, digest_of({"list.item_added", "me", "list:blocked", "", 8, nullptr}, ""));
  EXPECT_EQ(acts_after(db_, "e", 1, 10)->size(), 1u);
  EXPECT_EQ(acts_after(db_, "e", 0, 1)->size(), 1u);
  EXPECT_EQ(acts_after(db_, "e", 2, 10)->size(), 0u);
  EXPECT_FALSE(effect_of(db_, 1)->has_value());
}

TEST_P(Outbox, RollsBackWithItsRows) {
  make_subject();
  ASSERT_TRUE(change(db_, 1, true).has_value());
  ASSERT_TRUE(change(db_, 2, false).has_value());
  EXPECT_EQ(last_act(db_).value(), 1);
  ASSERT_TRUE(change(db_, 3, true).has_value());
  EXPECT_EQ(count("select count(*) from outbox"), 2);
  EXPECT_EQ(count("select count(*) from thing t join outbox o on o.number = t.act"), 2);
}

TEST_P(Outbox, SabotageOutsideTheTransactionIsNoticed) {
  core::Sabotage sabotage;
  if (!sabotage.set("outbox_outside_transaction")) GTEST_SKIP() << "this build has no sabotage switches";
  make_subject();
  (void)change(db_, 1, false, sabotage);
  EXPECT_EQ(last_act(db_).value(), 1) << "an act of a change that was rolled back: the switch does nothing";
}

TEST_P(Outbox, RefusesWhatIsTooLongOrSaysNothing) {
  const std::string detail(core::limits::act_detail_bytes_max, 'x'),
      kind(core::limits::act_kind_bytes_max, 'k'), name(core::limits::act_name_bytes_max, 'n');
  EXPECT_TRUE(append(db_, {kind, name, name, detail, 0, nullptr}).has_value());
  const std::string long_kind = kind + "k", long_name = name + "n", long_detail = detail + "x";
  for (const Act& act : {Act{long_kind, "", "", "", 0, nullptr}, Act{"k", long_name, "", "", 0, nullptr},
                         Act{"k", "", long_name, "", 0, nullptr}, Act{"k", "", "", long_detail, 0, nullptr}})
    EXPECT_EQ(append(db_, act).error().code, core::ErrorCode::limit);
  EXPECT_EQ(append(db_, {"", "", "", "", 0, nullptr}).error().code, core::ErrorCode::invalid);
  const std::string long_text(core::limits::entry_text_bytes_max + 1, 'v');
  payment::EntryBuilder large;
  large.set(payment::AttributeId::list_value, payment::Value::of(std::string_view(long_text)));
  EXPECT_EQ(append(db_, {"k", "", "", "", 0, &large}).error().code, core::ErrorCode::limit);
  EXPECT_EQ(last_act(db_).value(), 1);
}

TEST_P(Outbox, TellsThatAnActIsMissing) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(append(db_, {"k", "", "", "", 0, nullptr}).has_value());
  ASSERT_TRUE(db_.execute("delete from outbox where number = 2").has_value());
  EXPECT_EQ(acts_after(db_, "e", 0, 10).error().code, core::ErrorCode::corrupt);
}

TEST_P(Outbox, KeepsTheNameOfItsDatabase) {
  FixedRandom first(0xab), second(0xcd);
  const std::string epoch = database_epoch(db_, first).value();
  EXPECT_EQ(epoch, "abababababababababababababababab");
  EXPECT_EQ(database_epoch(db_, second).value(), epoch);
}

// Writers of many connections beside a reader that follows by number: it meets every act once, none late.
TEST_P(Outbox, ManyWritersLeaveNoGapBehindTheReader) {
  make_subject();
  const bool many = GetParam() == sql::Dialect::postgres;
  const int writers = many ? 50 : 8, each = many ? 20 : 25;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([this, w, each] {
      const auto db = store_.connect();
      for (int i = 0; i < each;) {
        const bool commit = (w + i) % 5 != 0;
        const core::Status done = change(*db, w * 1000 + i, commit);
        if (done || done.error().code != core::ErrorCode::unavailable) ++i;  // else: the whole once more
      }
    });
  }
  std::vector<std::int64_t> met;
  const auto follow = [&] {
    const auto acts = acts_after(db_, "e", met.empty() ? 0 : met.back(), 64);
    if (!acts && acts.error().code == core::ErrorCode::unavailable) return true;
    EXPECT_TRUE(acts.has_value()) << acts.error().to_string();
    if (!acts) return false;
    for (const pipeline::ActSubmission& act : *acts) met.push_back(act.number);
    return !acts->empty();
  };
  const auto expected = static_cast<std::size_t>(writers * each - writers * each / 5);
  while (met.size() < expected && !HasFailure()) follow();
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(follow());
  EXPECT_EQ(met.size(), expected);
  EXPECT_EQ(count("select count(*) from thing"), static_cast<std::int64_t>(expected));
  EXPECT_EQ(count("select count(distinct act) from thing"), static_cast<std::int64_t>(expected));
}

}  // namespace
}  // namespace tillwatch::relay
