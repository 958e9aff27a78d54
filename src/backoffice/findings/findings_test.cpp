// Alerts against a naive model on random streams; lists against sorting in memory; verdicts and their labels.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "findings/handling.h"
#include "findings/inbox.h"
#include "registry/tree.h"
#include "sql/store_fixture.h"

namespace tillwatch::findings {
namespace {

using core::ErrorCode;
using registry::Scope;

constexpr core::TimeMs start = 1'783'000'000'000;

class FindingsTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  Author author() { return {"acct_1", everything_, now_}; }
  void take(Hit hit) {
    const core::Status taken = inbox_.take(db_, hit);
    ASSERT_TRUE(taken) << taken.error().to_string();
  }
  Hit hit(std::string_view rule = "T07", std::string_view subject = "M1") {
    return {.sequence = ++sequence_,
            .place = 0,
            .at = now_,
            .happened_at = now_ - core::hour_ms,
            .rule = rule,
            .typology = "T07",
            .reason = "repetition",
            .severity = 2,
            .subject_kind = "merchant.id",
            .subject = subject,
            .agent = "",
            .merchant = subject,
            .terminal = "SN1",
            .declined = false,
            .client = "till",
            .request_id = "",
            .amount = 100,
            .currency = "CNY"};
  }
  std::vector<Alert> all(Filter filter = {}) { return list(db_, everything_, filter, 0, "", 10'000).value(); }
  Alert only() {
    const std::vector<Alert> alerts = all();
    EXPECT_EQ(alerts.size(), 1u);
    return alerts.empty() ? Alert{} : alerts.front();
  }

  Grouping grouping_;
  Inbox inbox_{grouping_};
  Scope everything_ = Scope::everything();
  core::TimeMs now_ = start;
  std::int64_t sequence_ = 0;
  sql::TestStore store_{GetParam()};
  sql::Connection& db_ = store_.connection();
};
INSTANTIATE_TEST_SUITE_P(Engines, FindingsTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(FindingsTest, SaysWhenThePaymentsHappenedAndWhenTheyArrived) {
  Hit one = hit();
  one.happened_at = start - 5 * core::hour_ms;
  take(one);
  now_ += core::minute_ms;
  Hit earlier = hit();  // of a till that was cut off
  earlier.happened_at = start - 9 * core::hour_ms;
  take(earlier);
  now_ += core::minute_ms;
  Hit between = hit();
  between.happened_at = start - 7 * core::hour_ms;
  take(between);
  const Alert alert = only();
  EXPECT_EQ(alert.first_happened_at, start - 9 * core::hour_ms);
  EXPECT_EQ(alert.last_happened_at, start - 5 * core::hour_ms);
  EXPECT_EQ(alert.first_at, start);
  EXPECT_EQ(alert.last_at, start + 2 * core::minute_ms);
  std::vector<core::TimeMs> happened;
  const auto kept = decisions_of(db_, alert.id).value();
  for (const AlertDecision& one_kept : kept) happened.push_back(one_kept.happened_at);
  EXPECT_EQ(happened, (std::vector<core::TimeMs>{one.happened_at, earlier.happened_at, between.happened_at}));
}

// What the rules of gathering say, written down once more without SQL.
struct NaiveAlert {
  std::string rule, subject;
  std::int64_t day = 0;
  std::int64_t open = 0, snoozed = 0, cooled = 0, amount = 0;
  std::string state = "open";
  std::string verdict{};
  core::TimeMs until = 0, cool_until = 0;
};

TEST_P(FindingsTest, GathersAsTheNaiveModelDoes) {
  for (const unsigned seed : {11u, 12u, 13u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_TRUE(
        db_.script("delete from findings_decision; delete from findings_event; delete from findings_alert;"
                   " delete from findings_rule"));
    std::mt19937 dice(seed);
    std::vector<NaiveAlert> model;  // in the order of opening
    std::vector<std::string> ids;   // the same
    std::int64_t hits = 0;
    for (int round = 0; round < 600; ++round) {
      now_ += static_cast<core::TimeMs>(dice() % (4 * core::hour_ms));
      ASSERT_TRUE(Inbox::wake(db_, now_));
      for (NaiveAlert& a : model)
        if (a.state == "snoozed" && a.until <= now_) a.state = "open";
      const std::uint64_t what = dice() % 10;
      if (what < 7 || model.empty()) {
        const std::string rule = dice() % 2 == 0 ? "R1" : "R2";
        const std::string subject = "M" + std::to_string(dice() % 3);
        Hit one = hit(rule, subject);
        one.amount = static_cast<std::int64_t>(dice() % 1000);
        take(one);
        ++hits;
        const std::int64_t day = core::floor_div(now_ + 8 * core::hour_ms, core::day_ms);
        NaiveAlert* last = nullptr;
        for (NaiveAlert& a : model)
          if (a.rule == rule && a.subject == subject) last = &a;
        if (last != nullptr && last->state == "closed" && now_ < last->cool_until) {
          ++last->cooled;
        } else if (last != nullptr && last->state == "snoozed") {
          ++last->snoozed;
        } else if (last != nullptr && last->state == "open" && last->day == day) {
          ++last->open;
        } else {
          model.push_back({.rule = rule, .subject = subject, .day = day, .open = 1});
          last = &model.back();
          ids.push_back("alt_" + [&] {
            char text[32];
            std::snprintf(text, sizeof text, "%016llx00", static_cast<unsigned long long>(sequence_));
            return std::string(text);
          }());
        }
        last->amount += one.amount;
      } else {
        const std::size_t at = dice() % model.size();
        if (what < 9) {
          const std::string verdict = std::vector<std::string>{"fraud", "good", "unsure"}[dice() % 3];
          ASSERT_TRUE(judge(db_, author(), ids[at], 0, verdict, "r", grouping_));
          model[at].state = "closed";
          model[at].verdict = verdict;
          model[at].cool_until = now_ + (verdict == "good"     ? 7 * core::day_ms
                                         : verdict == "unsure" ? core::day_ms
                                                               : 0);
        } else {
          const core::TimeMs until = now_ + static_cast<core::TimeMs>(1 + dice() % (3 * core::day_ms));
          const auto done = snooze(db_, author(), ids[at], 0, until, "wait");
          ASSERT_EQ(done.has_value(), model[at].state != "closed");
          if (done) {
            model[at].state = "snoozed";
            model[at].until = until;
          }
        }
      }
    }
    std::int64_t counted = 0;
    std::map<std::string, RulePrecision> rules;
    ASSERT_EQ(all().size(), model.size());
    for (std::size_t i = 0; i < model.size(); ++i) {
      const Alert alert = find(db_, everything_, ids[i]).value().value();
      EXPECT_EQ(alert.state, model[i].state);
      EXPECT_EQ(alert.decisions, model[i].open);
      EXPECT_EQ(alert.snoozed_decisions, model[i].snoozed);
      EXPECT_EQ(alert.cooled_decisions, model[i].cooled);
      EXPECT_EQ(alert.amount, model[i].amount);
      EXPECT_EQ(alert.verdict, model[i].verdict);
      counted += alert.decisions + alert.snoozed_decisions + alert.cooled_decisions;
      RulePrecision& rule = rules[model[i].rule];
      ++rule.alerts;
      rule.fraud += model[i].verdict == "fraud" ? 1 : 0;
      rule.good += model[i].verdict == "good" ? 1 : 0;
      rule.unsure += model[i].verdict == "unsure" ? 1 : 0;
    }
    EXPECT_EQ(counted, hits) << "a hit was left out or counted twice";
    const std::vector<RulePrecision> precisions = precision(db_).value();
    for (const RulePrecision& rule : precisions) {
      EXPECT_EQ(rule.alerts, rules[rule.rule].alerts);
      EXPECT_EQ(rule.fraud, rules[rule.rule].fraud);
      EXPECT_EQ(rule.good, rules[rule.rule].good);
      EXPECT_EQ(rule.unsure, rules[rule.rule].unsure);
    }
  }
}

TEST_P(FindingsTest, KeepsTheFirstAndTheLastDecisionsAndCountsAll) {
  for (int i = 0; i < 250; ++i) take(hit());
  const Alert alert = only();
  EXPECT_EQ(alert.decisions, 250);
  EXPECT_EQ(alert.amount, 25'000);
  const std::vector<AlertDecision> kept = decisions_of(db_, alert.id).value();
  ASSERT_EQ(kept.size(), 100u);
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_EQ(kept[i].sequence, static_cast<std::int64_t>(i < 50 ? i + 1 : i + 151));
}

TEST_P(FindingsTest, AVerdictBecomesALabelOfEachTransaction) {
  for (const std::string_view id : {"a", "b", ""}) {
    Hit one = hit();
    one.request_id = id;
    take(one);
  }
  const std::string id = only().id;
  const Done done = judge(db_, author(), id, 1, "fraud", "the holder says so", grouping_).value();
  EXPECT_EQ(done.labels, 2);
  EXPECT_EQ(done.act, 3);
  std::string labels;
  ASSERT_TRUE(db_.each(
      "select kind, subject, entry, detail from outbox order by number", {}, [&](const sql::Row& row) {
        labels += std::string(row.text(0)) + " ";
        EXPECT_EQ(row.text(1), "alert:" + id);
        EXPECT_EQ(row.text(3).find("holder"), std::string_view::npos) << "a reason is for people";
        if (row.is_null(2)) return true;
        payment::EntryView view;
        EXPECT_TRUE(view.decode(row.text(2)));
        using payment::AttributeId;
        EXPECT_EQ(view.kind(), payment::EntryKind::label);
        labels += std::string(view.text(AttributeId::client)) + "/" +
                  std::string(view.text(AttributeId::tx_original_id)) + "/" +
                  std::string(view.text(AttributeId::label_type)) + "/" +
                  std::string(view.text(AttributeId::label_source)) +
                  (view.get(AttributeId::label_fraud).boolean() ? "/fraud " : "/good ");
        return true;
      }));
  EXPECT_EQ(labels,
            "alert.judged alert.labelled till/a/T07/desk/fraud alert.labelled till/b/T07/desk/fraud ");
  EXPECT_EQ(only().state, "closed");
  EXPECT_EQ(only().verdict_by, "acct_1");
  // A better verdict replaces it, and says so to the engine; who is unsure says nothing to it.
  EXPECT_EQ(judge(db_, author(), id, 2, "good", "a mistake", grouping_)->labels, 2);
  EXPECT_EQ(judge(db_, author(), id, 0, "unsure", "hm", grouping_)->labels, 0);
  EXPECT_EQ(judge(db_, author(), id, 1, "good", "late", grouping_).error().code, ErrorCode::conflict);
  const std::vector<AlertEvent> events = events_of(db_, id).value();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2].value, "fraud");
  EXPECT_EQ(events[2].note, "the holder says so");
}

TEST_P(FindingsTest, TakesWhatPeopleDoAndRefusesTheRest) {
  take(hit());
  const std::string id = only().id;
  EXPECT_EQ(assign(db_, author(), id, 1, "acct_2")->version, 2);
  EXPECT_EQ(assign(db_, author(), id, 2, "acct_2")->act, 0);
  EXPECT_EQ(assign(db_, author(), id, 1, "acct_3").error().code, ErrorCode::conflict);
  EXPECT_EQ(assign(db_, author(), "alt_none", 0, "acct_3").error().code, ErrorCode::not_found);
  EXPECT_EQ(note(db_, author(), id, "").error().where, "/text");
  EXPECT_EQ(note(db_, author(), id, std::string(4001, 'x')).error().where, "/text");
  EXPECT_TRUE(note(db_, author(), id, std::string(4000, 'x')));
  EXPECT_EQ(snooze(db_, author(), id, 0, now_, "r").error().where, "/until");
  EXPECT_EQ(snooze(db_, author(), id, 0, now_ + snooze_ms_max + 1, "r").error().where, "/until");
  EXPECT_EQ(snooze(db_, author(), id, 0, now_ + 1, "").error().where, "/reason");
  EXPECT_TRUE(snooze(db_, author(), id, 0, now_ + snooze_ms_max, "r"));
  EXPECT_EQ(judge(db_, author(), id, 0, "maybe", "r", grouping_).error().where, "/verdict");
  EXPECT_EQ(judge(db_, author(), id, 0, "good", "", grouping_).error().where, "/reason");
  EXPECT_EQ(only().assignee, "acct_2");
  EXPECT_EQ(only().state, "snoozed");
  ASSERT_TRUE(Inbox::wake(db_, now_ + snooze_ms_max - 1));
  EXPECT_EQ(only().state, "snoozed");
  ASSERT_TRUE(Inbox::wake(db_, now_ + snooze_ms_max));
  EXPECT_EQ(only().state, "open");
}

TEST_P(FindingsTest, ListsPageByPageWithinTheScope) {
  std::mt19937 dice(5);
  // Two trees: one with few agents, one with more than are read one by one.
  const auto plant = [&](const std::string& agent, const std::string& parent) {
    ASSERT_TRUE(
        db_.execute("insert into registry_agent (id, version, act, created_at, updated_at, status, name,"
                    " filing_state) values ($1, 1, 0, 0, 0, 'active', 'x', 'none')",
                    {std::string_view(agent)}));
    ASSERT_TRUE(registry::plant(db_, agent, parent));
  };
  std::vector<std::string> agents{""};
  for (const auto& [root, count] : {std::pair(std::string("few"), 3), std::pair(std::string("many"), 230)}) {
    plant(root, "");
    agents.push_back(root);
    for (int i = 0; i < count; ++i) {
      agents.push_back(root + std::to_string(i));
      plant(agents.back(), root);
    }
  }
  for (int i = 0; i < 400; ++i) {
    const std::string rule = "R" + std::to_string(dice() % 3);
    const std::string subject = "M" + std::to_string(dice() % 60);
    Hit one = hit(rule, subject);
    one.severity = 1 + static_cast<std::int64_t>(dice() % 4);
    const std::string agent = dice() % 3 == 0 ? agents[dice() % 5] : agents[dice() % agents.size()];
    one.agent = agent;
    take(one);
  }
  const std::vector<Alert> everything = all();
  for (const auto& [scope, prefix] :
       {std::pair(Scope::everything(), ""), std::pair(Scope::under({"few"}), "few"),
        std::pair(Scope::under({"many"}), "many"), std::pair(Scope::under({}), "!")})
    for (const bool by_severity : {false, true}) {
      std::vector<std::string> wanted;
      std::vector<Alert> sorted;
      for (const Alert& alert : everything)
        if (alert.agent.starts_with(prefix) && alert.rule != "R0") sorted.push_back(alert);
      std::ranges::sort(sorted, [&](const Alert& a, const Alert& b) {
        return by_severity && a.severity != b.severity ? a.severity > b.severity : a.id > b.id;
      });
      std::erase_if(sorted, [](const Alert& a) { return a.rule != "R1"; });
      for (const Alert& alert : sorted) wanted.push_back(alert.id);
      std::vector<std::string> paged;
      Filter filter;
      filter.rule = "R1";
      filter.by_severity = by_severity;
      std::int64_t severity = 0;
      std::string id;
      for (;;) {
        const std::vector<Alert> page = list(db_, scope, filter, severity, id, 7).value();
        for (const Alert& alert : page) paged.push_back(alert.id);
        if (page.size() < 7) break;
        severity = page.back().severity;
        id = page.back().id;
      }
      EXPECT_EQ(paged, wanted) << prefix << by_severity;
      if (!sorted.empty()) {
        EXPECT_TRUE(find(db_, scope, sorted[0].id)->has_value());
      }
      for (const Alert& alert : everything)
        EXPECT_EQ(find(db_, scope, alert.id)->has_value(), alert.agent.starts_with(prefix));
    }
  Filter mine;
  mine.assignee = "acct_2";
  EXPECT_TRUE(all(mine).empty());
  ASSERT_TRUE(assign(db_, author(), everything[3].id, 0, "acct_2"));
  EXPECT_EQ(all(mine).size(), 1u);
  mine.assignee = "-";
  EXPECT_EQ(all(mine).size(), everything.size() - 1);
  const std::vector<std::int64_t> counts = count_open(db_, Scope::under({"few"})).value();
  EXPECT_EQ(counts[0] + counts[1] + counts[2] + counts[3],
            std::ranges::count_if(everything, [](const Alert& a) { return a.agent.starts_with("few"); }));
}

TEST_P(FindingsTest, ADecisionThatFiredOpensAnAlertForEachLiveRule) {
  payment::EntryBuilder builder;
  using payment::AttributeId;
  using payment::Value;
  builder.header = {payment::EntryKind::transaction, 0, start, start, start};
  builder.set(AttributeId::client, Value::of("till"));
  builder.set(AttributeId::id, Value::of("tx-1"));
  builder.set(AttributeId::terminal_serial, Value::of("SN1"));
  builder.set(AttributeId::merchant_id, Value::of("M1"));
  builder.set(AttributeId::amount, Value::of(std::int64_t{12'345}));
  builder.set(AttributeId::currency, Value::of("CNY"));
  core::Bytes bytes;
  ASSERT_TRUE(builder.encode(bytes));
  payment::EntryView entry;
  ASSERT_TRUE(entry.decode(bytes));
  engine::Decision decision;
  decision.effective.authorisation = engine::Authorisation::decline;
  for (const auto& [rule, shadow] : {std::pair("R1", false), std::pair("R2", true), std::pair("R3", false)}) {
    engine::RuleHit one;
    one.rule = rule;
    one.shadow = shadow;
    one.severity = 3;
    decision.hits.push_back(one);
  }
  ASSERT_TRUE(inbox_.project(db_, {core::Sequence(77), entry, &decision}));
  const std::vector<Alert> alerts = all();
  ASSERT_EQ(alerts.size(), 2u);
  EXPECT_EQ(alerts[0].rule, "R3");
  EXPECT_EQ(alerts[1].id, "alt_000000000000004d00");
  EXPECT_EQ(alerts[1].subject_kind, "merchant.id");
  EXPECT_EQ(alerts[1].subject, "M1");
  EXPECT_EQ(alerts[1].declined, 1);
  EXPECT_EQ(alerts[1].amount, 12'345);
  EXPECT_EQ(decisions_of(db_, alerts[1].id)->at(0).request_id, "tx-1");
  ASSERT_TRUE(inbox_.project(db_, {core::Sequence(78), entry, nullptr}));
  EXPECT_EQ(all().size(), 2u);
}

}  // namespace
}  // namespace tillwatch::findings
