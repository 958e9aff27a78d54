// The projector: the database holds what the journal has, once, however often it fails or begins again.
#include "relay/projector.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "core/office_limits.h"
#include "relay/relay_fixture.h"
#include "relay/sums.h"

namespace tillwatch::relay {
namespace {

using payment::AttributeId;
using payment::EntryView;
using pipeline::sale;

class ProjectorTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  Installation at_{GetParam()};
  sql::Connection& db_ = at_.store.connection();

  Projector fresh(std::vector<Projection*> projections = {}, core::Sabotage sabotage = {}) {
    return Projector(at_.disk, journal_folder, std::move(projections), sabotage);
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, ProjectorTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

// The whole of the database's side, as text.
std::string dump(sql::Connection& db) {
  std::string all;
  for (const auto& [table, columns] : std::map<std::string, std::string>{
           {"decision",
            "sequence, merchant, card, amount, authorisation, asked_authorisation, severity, fired,"
            " request_id, event_time, admitted_at, score_ppm"},
           {"decision_hit", "sequence, rule, typology, severity, shadow, confidence_ppm"},
           {"decision_standing", "sequence, place, effect, name, about"},
           {"later_word", "sequence, kind, original_id, merchant, label_fraud, orphan, act"},
           {"decision_hour", "hour, currency, count, amount, challenged, declined, held, fired"},
           {"outbox", "number, sequence, refusal"},
           {"projector_position", "sequence, digest"}}) {
    all += table + "\n";
    const auto rows = db.query("select " + columns + " from " + table + " order by 1, 2");
    EXPECT_TRUE(rows.has_value());
    for (std::size_t r = 0; r < rows->size(); ++r) {
      const sql::Row& row = (*rows)[r];
      for (std::size_t c = 0; c < row.size(); ++c) {
        all += row.is_null(c) ? "-|" : "";
        if (row.is_null(c)) continue;
        // Text where it is one; the getters are strict.
        static const std::vector<std::string> texts{"merchant", "request_id", "rule",  "typology",
                                                    "name",     "about",      "kind",  "original_id",
                                                    "currency", "refusal",    "digest"};
        std::size_t begin = 0;
        for (std::size_t i = 0; i < c; ++i) begin = columns.find(',', begin) + 1;
        std::string column = columns.substr(begin, columns.find(',', begin) - begin);
        column.erase(0, column.find_first_not_of(' '));
        const bool text = std::find(texts.begin(), texts.end(), column) != texts.end();
        all += (text ? std::string(row.text(c)) : std::to_string(row.integer(c))) + "|";
      }
      all += "\n";
    }
  }
  return all;
}

void trade(Installation& at, std::mt19937_64& random, int steps) {
  for (int i = 0; i < steps; ++i) {
    const std::string id = fmt::format("tx-{}", at.world.pipeline->last_durable().value);
    const std::string card = fmt::format("token/x:c{}", random() % 4);
    switch (random() % 8) {
      case 0: {
        const payment::EntryBuilder change = listed(random() % 2 == 0 ? "m" : "n");
        at.act(random() % 2 == 0 ? &change : nullptr);
        break;
      }
      case 1: {
        const payment::EntryBuilder wrong = listed("m", "frobnicate");
        at.act(&wrong);
        break;
      }
      case 2:
        at.hand_over();
        break;
      case 3: {
        const payment::EntryBuilder verdict = pipeline::label("", "tx-" + std::to_string(random() % 60));
        at.act(&verdict, "alert.verdict");
        break;
      }
      default:
        at.world.send(sale(id, card, static_cast<std::int64_t>(random() % 1000)));
    }
  }
  at.hand_over();
}

TEST_P(ProjectorTest, HoldsWhatTheJournalHas) {
  std::mt19937_64 random(5);
  trade(at_, random, 400);
  Projector projector = fresh();
  ASSERT_TRUE(at_.project(projector).has_value());
  const core::Sequence last = at_.world.pipeline->last_durable();
  EXPECT_EQ(projector.position(), last);
  std::int64_t decisions = 0, fired = 0, hits = 0, words = 0, acts = 0, amounts = 0;
  EntryView entry;
  engine::Decision decision;
  for (std::uint64_t n = 1; n <= last.value; ++n) {
    const auto record = at_.world.pipeline->read(core::Sequence(n));
    ASSERT_TRUE(record.has_value() && entry.decode(record->entry).has_value());
    words += entry.kind() == payment::EntryKind::label ? 1 : 0;
    if (entry.has(AttributeId::act_number)) {
      ++acts;
      const std::int64_t number = entry.get(AttributeId::act_number).integer();
      const auto effect = effect_of(db_, number);
      ASSERT_TRUE(effect.has_value() && effect->has_value());
      EXPECT_EQ((*effect)->sequence, core::Sequence(n));
      EXPECT_EQ((*effect)->refusal, entry.text(AttributeId::act_refusal));
    }
    if (record->decision.empty()) continue;
    ASSERT_TRUE(engine::decode(record->decision, decision).has_value());
    ++decisions;
    hits += static_cast<std::int64_t>(decision.hits.size());
    fired += decision.fired() ? 1 : 0;
    amounts += entry.get(AttributeId::amount).integer();
    const auto rows = db_.query("select amount, request_id, authorisation from decision where sequence = $1",
                                {static_cast<std::int64_t>(n)});
    ASSERT_TRUE(rows.has_value());
    ASSERT_EQ(rows->size(), 1u) << n;
    EXPECT_EQ((*rows)[0].integer(0), entry.get(AttributeId::amount).integer());
    EXPECT_EQ((*rows)[0].text(1), entry.text(AttributeId::id));
    EXPECT_EQ((*rows)[0].integer(2), static_cast<int>(decision.effective.authorisation));
  }
  EXPECT_GT(fired, 10);
  EXPECT_GT(words, 10);
  EXPECT_EQ(at_.count("select count(*) from decision"), decisions);
  EXPECT_EQ(at_.count("select count(*) from decision where fired = 1"), fired);
  EXPECT_EQ(at_.count("select count(*) from decision_hit"), hits);
  EXPECT_EQ(at_.count("select count(*) from later_word"), words);
  EXPECT_EQ(at_.count("select count(*) from outbox where sequence is not null"), acts);
  EXPECT_EQ(at_.count("select count(*) from outbox"), acts);
  EXPECT_EQ(at_.count("select sum(count) from decision_hour"), decisions);
  EXPECT_EQ(at_.count("select sum(amount) from decision_hour"), amounts);
}

// Fails where it is told, within the transaction.
class Failing final : public Projection {
 public:
  core::Status project(sql::Connection& connection, const ProjectedRecord& record) override {
    TRY_STATUS(connection.execute("insert into seen (sequence) values ($1)",
                                  {static_cast<std::int64_t>(record.sequence.value)}));
    if (left-- > 0) return {};
    return core::fail(core::ErrorCode::unavailable, "test", "fails here");
  }
  std::int64_t left = 0;
};

// Beside a projector that never fails: one that is interrupted anywhere, and made anew, comes to the same.
TEST_P(ProjectorTest, ComesToTheSameHoweverOftenItFails) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  ASSERT_TRUE(db_.script("create table seen (sequence bigint primary key)").has_value());
  std::mt19937_64 random(seed);
  Failing failing;
  auto projector = std::make_unique<Projector>(at_.disk, journal_folder, std::vector<Projection*>{&failing});
  int failures = 0;
  for (int round = 0; round < 40; ++round) {
    trade(at_, random, 20);
    failing.left = static_cast<std::int64_t>(random() % 30);
    for (int step = 0; step < 3; ++step)
      if (!projector->step(db_, at_.world.pipeline->last_durable())) ++failures;
    if (random() % 2 == 0)
      projector = std::make_unique<Projector>(at_.disk, journal_folder, std::vector<Projection*>{&failing});
  }
  EXPECT_GT(failures, 3);
  failing.left = 1'000'000;
  ASSERT_TRUE(at_.project(*projector).has_value());
  EXPECT_EQ(at_.count("select count(*) from seen"),
            static_cast<std::int64_t>(at_.world.pipeline->last_durable().value));
  const std::string interrupted = dump(db_);
  for (const char* table : {"decision", "decision_hit", "decision_standing", "later_word", "decision_hour"})
    ASSERT_TRUE(db_.execute(fmt::format("delete from {}", table)).has_value());
  ASSERT_TRUE(db_.execute("update outbox set sequence = null, refusal = null").has_value());
  ASSERT_TRUE(db_.execute("update projector_position set sequence = 0, digest = ''").has_value());
  Projector steady = fresh();
  ASSERT_TRUE(at_.project(steady).has_value());
  EXPECT_EQ(dump(db_), interrupted);
}

// Its position cannot be written: what becomes of the rows?
core::Status after_a_lost_position(Installation& at, core::Sabotage sabotage) {
  Projector projector(at.disk, journal_folder, {}, sabotage);
  for (int i = 0; i < 3; ++i) at.world.send(sale(fmt::format("a{}", i)));
  TRY_STATUS(at.project(projector));
  for (int i = 0; i < 3; ++i) at.world.send(sale(fmt::format("b{}", i)));
  sql::Connection& db = at.store.connection();
  TRY(kept, db.query("select sequence, digest from projector_position"));
  TRY_STATUS(db.execute("delete from projector_position"));
  EXPECT_FALSE(projector.step(db, at.world.pipeline->last_durable()).has_value());
  TRY_STATUS(db.execute("insert into projector_position (id, sequence, digest) values (1, $1, $2)",
                        {kept[0].integer(0), kept[0].text(1)}));
  TRY_STATUS(at.project(projector));
  EXPECT_EQ(at.count("select count(*) from decision"), 6);
  return {};
}

TEST_P(ProjectorTest, CommitsItsPositionWithItsRows) {
  EXPECT_TRUE(after_a_lost_position(at_, {}).has_value());
}

TEST_P(ProjectorTest, SabotagePositionOutsideIsNoticed) {
  core::Sabotage sabotage;
  if (!sabotage.set("projector_position_outside")) GTEST_SKIP() << "this build has no sabotage switches";
  const core::Status done = after_a_lost_position(at_, sabotage);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, core::ErrorCode::conflict);
}

TEST_P(ProjectorTest, TakesABoundedNumberAtOnce) {
  for (std::size_t i = 0; i < core::limits::projector_rows_max + 5; ++i)
    at_.world.send(sale(fmt::format("a{}", i)));
  const core::Sequence last = at_.world.pipeline->last_durable();
  Projector projector = fresh();
  ASSERT_TRUE(projector.step(db_, last).value());
  EXPECT_EQ(projector.position().value, core::limits::projector_rows_max);
  EXPECT_FALSE(projector.step(db_, last).value());
  EXPECT_EQ(projector.position(), last);
  EXPECT_FALSE(projector.step(db_, last).value());
}

TEST_P(ProjectorTest, TakesMoreAtOnceWhereManyWait) {
  std::vector<payment::EntryBuilder> entries;
  std::vector<pipeline::Submission> all;
  for (int i = 0; i < 6000; ++i) entries.push_back(sale(fmt::format("a{}", i)));
  for (const payment::EntryBuilder& entry : entries) all.push_back({&entry, true});
  at_.world.pipeline->process(all, pipeline::t0);
  Projector projector = fresh();
  ASSERT_TRUE(projector.step(db_, at_.world.pipeline->last_durable()).value());
  EXPECT_EQ(projector.position().value, core::limits::projector_rows_far_behind_max);
}

TEST_P(ProjectorTest, StopsWhereTheJournalHasAnActThatTheDatabaseLacks) {
  at_.act();
  at_.act();
  at_.hand_over();
  ASSERT_TRUE(db_.execute("delete from outbox where number = 2").has_value());
  Projector projector = fresh();
  EXPECT_EQ(at_.project(projector).error().code, core::ErrorCode::corrupt);
  EXPECT_EQ(at_.count("select count(*) from outbox where sequence is not null"), 0);
}

TEST_P(ProjectorTest, TwoOfThemAreNoticed) {
  Projector one = fresh(), other = fresh();
  at_.world.send(sale("a"));
  const core::Sequence then = at_.world.pipeline->last_durable();
  ASSERT_TRUE(one.step(db_, then).has_value());
  ASSERT_TRUE(other.step(db_, then).has_value());
  at_.world.send(sale("b"));
  const core::Sequence now = at_.world.pipeline->last_durable();
  ASSERT_TRUE(one.step(db_, now).has_value());
  EXPECT_EQ(other.step(db_, now).error().code, core::ErrorCode::conflict);
  EXPECT_EQ(at_.count("select count(*) from decision"), 2);
}

TEST_P(ProjectorTest, ASumThatNoLongerFitsIsCappedAndStopsNothing) {
  payment::EntryBuilder large = sale("a");
  large.set(AttributeId::amount, payment::Value::of(std::int64_t{1'000'000'000'000'000}));
  at_.world.send(large);
  Projector projector = fresh();
  ASSERT_TRUE(at_.project(projector).has_value());
  ASSERT_TRUE(db_.execute("update decision_hour set amount = $1", {sum_most - 999}));
  payment::EntryBuilder next = sale("b");
  next.set(AttributeId::amount, payment::Value::of(std::int64_t{1'000'000'000'000'000}));
  at_.world.send(next);
  ASSERT_TRUE(at_.project(projector).has_value());
  EXPECT_EQ(at_.count("select amount from decision_hour"), sum_most);
  EXPECT_EQ(at_.count("select count from decision_hour"), 2);
}

TEST_P(ProjectorTest, AnAdditionEndsAtTheCapOnEitherSide) {
  const auto sum = [this](std::int64_t before, std::int64_t added) {
    const std::string query =
        "select " + capped_addition("t.a", "t.b") + " from (select $1 + 0 as a, $2 + 0 as b) t";
    return db_.query(query, {before, added}).value()[0].integer(0);
  };
  EXPECT_EQ(sum(5, 3), 8);
  EXPECT_EQ(sum(5, -8), -3);
  EXPECT_EQ(sum(sum_most - 1, 2), sum_most);
  EXPECT_EQ(sum(sum_most, -sum_most), 0);
  EXPECT_EQ(sum(-sum_most, sum_most), 0);
  EXPECT_EQ(sum(1 - sum_most, -2), -sum_most);
  EXPECT_EQ(sum(sum_most, sum_most), sum_most);
  EXPECT_EQ(sum(-sum_most, -sum_most), -sum_most);
}

TEST_P(ProjectorTest, SumsAreReadInPartsThatFit) {
  const auto sum = [this](std::int64_t value, std::int64_t times) {
    std::string query = "select " + sum_columns("amount") + " from (select $1 + 0 as amount";
    for (std::int64_t i = 1; i < times; ++i) query += " union all select $1 + 0";
    return read_sum(db_.query(query + ") t", {value}).value()[0], 0);
  };
  EXPECT_EQ(sum(1'234'567, 3), 3'703'701);
  EXPECT_EQ(sum(-1'234'567, 2), -2'469'134);
  EXPECT_EQ(sum(sum_most, 3), sum_most);
  EXPECT_EQ(sum(-sum_most, 3), -sum_most);
  EXPECT_EQ(read_sum(db_.query("select " + sum_columns("amount") + " from decision").value()[0], 0), 0);
}

TEST_P(ProjectorTest, WritesTextsThatNoDatabaseTakes) {
  payment::EntryBuilder odd = sale("a");
  odd.set(AttributeId::merchant_id, payment::Value::of(std::string_view("m\0\xff\xe5\x80z", 6)));
  odd.set(AttributeId::agent_id, payment::Value::of("代理"));
  at_.world.send(odd);
  Projector projector = fresh();
  ASSERT_TRUE(at_.project(projector).has_value());
  const auto rows = db_.query("select merchant, agent from decision");
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ((*rows)[0].text(0), "m\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ((*rows)[0].text(1), "代理");
}

}  // namespace
}  // namespace tillwatch::relay
