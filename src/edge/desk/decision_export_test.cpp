// The export: a file that no spreadsheet runs, that says when it is not all, and that is an act before it is
// a file.
#include <gtest/gtest.h>

#include "core/office_limits.h"
#include "desk/decision_routes.h"
#include "desk/desk_fixture.h"

namespace tillwatch::desk {
namespace {

class WholeTerritory final : public Territory {
 public:
  core::Result<registry::Scope> scope_of(sql::Connection&, core::TimeMs, const Caller&,
                                         std::string_view right) override {
    EXPECT_EQ(right, "decisions.export");
    return scope;
  }
  registry::Scope scope = registry::Scope::everything();
};

class DecisionExportTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  DecisionExportTest() {
    add_decision_export(desk_.routes, {&territory_, nullptr});
    desk_.routes.add({.name = "ping", .path = "/desk/ping", .right = any_account},
                     [](Call&) -> core::Result<Answer> { return nothing(); });
    desk_.authenticator.rights = {"decisions.export"};
    desk_.open();
  }
  void rows(std::int64_t first, std::int64_t count, std::string_view merchant, std::int64_t amount = 5) {
    std::vector<sql::Parameter> values;
    for (std::int64_t i = 0; i < count; ++i)
      values.insert(values.end(), {first + i, std::int64_t{1'783'000'000'000} + i, merchant, amount});
    auto transaction = sql::Transaction::begin(db_).value();
    ASSERT_TRUE(db_.execute_rows(
        "insert into decision (sequence, admitted_at, event_time, kind, merchant, amount, currency,"
        " authorisation, settlement, subject, asked_authorisation, asked_settlement, asked_subject, severity,"
        " score_ppm, fired) values ($1, $2, 1783000000000, 'transaction', $3, $4, 'CNY', 0, 0, 0, 2, 0, 0, 0,"
        " 250000, 1)",
        4, values));
    ASSERT_TRUE(transaction.commit());
  }
  std::string last_act() {
    const auto acts = db_.query("select kind, actor, detail from outbox order by number desc limit 1");
    return acts->empty() ? ""
                         : std::string((*acts)[0].text(0)) + " " + std::string((*acts)[0].text(1)) + " " +
                               std::string((*acts)[0].text(2));
  }
  static std::size_t lines(const std::string& body) {
    return static_cast<std::size_t>(std::ranges::count(body, '\n'));
  }
  // A request on a connection of its own that nobody waits for.
  sim::SimPeer& begin(std::string_view target) {
    return desk_.network.connect(desk_.port)
        .send("GET " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1:8090\r\nCookie: " +
              std::string(session_cookie) + "=good\r\n\r\n");
  }
  void turn() { desk_.server->turn(desk_.network.wait(0)); }
  // Turns until so many exports are under way.
  void turn_until_sliced(std::size_t count) {
    for (int i = 0; i < 20 && desk_.handler->sliced() != count; ++i) turn();
    ASSERT_EQ(desk_.handler->sliced(), count);
  }
  std::int64_t acts() { return db_.query("select count(*) from outbox").value()[0].integer(0); }

  WholeTerritory territory_;
  DeskWorld desk_{GetParam()};
  sql::Connection& db_ = desk_.store.connection();
};
INSTANTIATE_TEST_SUITE_P(Engines, DecisionExportTest, ::testing::ValuesIn(sql::test_engines()),
                         sql::engine_name);

TEST_P(DecisionExportTest, NoTextIsAFormula) {
  rows(1, 1, "=HYPERLINK(\"http://x\",\"y\")");
  rows(2, 1, "+1+1");
  rows(3, 1, "-2", -700);
  rows(4, 1, "@SUM(A1)");
  rows(5, 1, "a \"quoted\", one\r\ntwo");
  rows(6, 1, "\t=1");
  rows(7, 1, "M815");
  const sim::HttpReply file = desk_.ask("GET", "/desk/decisions/export");
  ASSERT_EQ(file.status, 200) << file.body;
  EXPECT_EQ(file.field("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_TRUE(file.body.starts_with("\xEF\xBB\xBFid,sequence,time,"));
  for (const char* cell : {R"x(,"'=HYPERLINK(""http://x"",""y"")",)x", ",'+1+1,", ",'-2,", ",'@SUM(A1),",
                           ",-700,CNY,", "\"a \"\"quoted\"\", one\r\ntwo\"", "\"'\t=1\"", ",M815,"})
    EXPECT_NE(file.body.find(cell), std::string::npos) << cell << "\n" << file.body;
  EXPECT_NE(file.body.find(",decline,release,none,allow,release,none,0,0.25,true,"), std::string::npos);
  EXPECT_EQ(lines(file.body), 9u);
}

TEST_P(DecisionExportTest, IsAnActAndSaysWhatWasAsked) {
  rows(1, 3, "M1");
  EXPECT_EQ(desk_.ask("GET", "/desk/decisions/export?merchant=4111111111111111&fired=true").status, 200);
  EXPECT_EQ(last_act(),
            "decisions.exported acc_1 {\"rows\":0,\"whole\":true,\"filter\":{\"merchant\":"
            "\"411111******1111\",\"fired\":\"true\"}}");
  EXPECT_EQ(desk_.ask("GET", "/desk/decisions/export?merchant=M1").status, 200);
  EXPECT_EQ(last_act(), R"(decisions.exported acc_1 {"rows":3,"whole":true,"filter":{"merchant":"M1"}})");
  desk_.authenticator.rights = {};
  EXPECT_EQ(desk_.ask("GET", "/desk/decisions/export").status, 403);
  EXPECT_EQ(desk_.ask("GET", "/desk/decisions/export?colour=1").status, 403);
  EXPECT_EQ(db_.query("select count(*) from outbox")->operator[](0).integer(0), 2);
}

TEST_P(DecisionExportTest, WithoutItsActThereIsNoFile) {
  rows(1, 3, "M1");
  ASSERT_TRUE(
      db_.script("drop index outbox_requested; alter table outbox rename to elsewhere; create table"
                 " outbox (number bigint primary key, kind text not null check (kind = 'no'), actor"
                 " text, subject text, detail text, at bigint, entry bytea, digest text, sequence"
                 " bigint, refusal text)"));
  const sim::HttpReply refused = desk_.ask("GET", "/desk/decisions/export");
  EXPECT_GE(refused.status, 400);
  EXPECT_EQ(refused.body.find("M1"), std::string::npos);
}

TEST_P(DecisionExportTest, OthersAreAnsweredBetweenTwoSlices) {
  rows(1, 3000, "M1");
  sim::SimPeer& file = begin("/desk/decisions/export");
  turn_until_sliced(1);
  sim::SimPeer& other = begin("/desk/ping");
  while (other.received().empty()) turn();
  EXPECT_TRUE(other.received().starts_with("HTTP/1.1 204"));
  EXPECT_TRUE(file.received().empty()) << "the file is not there yet";
  EXPECT_EQ(acts(), 0) << "and no act of it";
  EXPECT_EQ(desk_.handler->wait_ms_max(), 0) << "it goes on at once";
  int turns = 0;
  for (; desk_.handler->sliced() > 0; ++turns) turn();
  EXPECT_GE(turns, 3);
  turn();
  std::string bytes = file.received();
  const auto reply = sim::take_reply(bytes, false);
  ASSERT_TRUE(reply.has_value());
  std::size_t at = 0;
  for (std::int64_t sequence = 3000; sequence > 0; --sequence) {
    const std::string cell = "," + std::to_string(sequence) + ",2026-";
    const std::size_t next = reply->body.find(cell, at);
    ASSERT_NE(next, std::string::npos) << sequence;
    at = next + cell.size();
  }
  EXPECT_EQ(lines(reply->body), 3001u);
  EXPECT_EQ(acts(), 1);
}

TEST_P(DecisionExportTest, ASliceLooksAtABoundedNumberOfRows) {
  rows(1, 5000, "M1");
  begin("/desk/decisions/export?kind=label");
  turn_until_sliced(1);
  int turns = 0;
  for (; desk_.handler->sliced() > 0; ++turns) turn();
  EXPECT_EQ(turns, 4) << "after the first: nothing is found, and it takes its time";
  EXPECT_EQ(last_act(), R"(decisions.exported acc_1 {"rows":0,"whole":true,"filter":{"kind":"label"}})");
}

TEST_P(DecisionExportTest, WhoeverGoesAwayLeavesNoAct) {
  rows(1, 3000, "M1");
  sim::SimPeer& file = begin("/desk/decisions/export");
  turn_until_sliced(1);
  file.cut();
  turn_until_sliced(0);
  for (int i = 0; i < 10; ++i) turn();
  EXPECT_EQ(acts(), 0);
}

TEST_P(DecisionExportTest, WhereTheRightEndsMeanwhileThereIsNoFile) {
  rows(1, 3000, "M1");
  sim::SimPeer& file = begin("/desk/decisions/export");
  turn_until_sliced(1);
  desk_.authenticator.rights = {};
  turn_until_sliced(0);
  turn();
  EXPECT_TRUE(file.received().starts_with("HTTP/1.1 403")) << file.received();
  EXPECT_EQ(acts(), 0);
}

TEST_P(DecisionExportTest, OnlySoManyAreUnderWay) {
  rows(1, 3000, "M1");
  for (std::size_t i = 0; i < core::limits::exports_of_account_max; ++i) begin("/desk/decisions/export");
  turn_until_sliced(core::limits::exports_of_account_max);
  sim::SimPeer& refused = begin("/desk/decisions/export");
  while (refused.received().empty()) turn();
  EXPECT_TRUE(refused.received().starts_with("HTTP/1.1 429")) << refused.received();
  turn_until_sliced(0);
}

TEST_P(DecisionExportTest, AFileThatGrowsTooLargeEndsEarlyAndSaysSo) {
  const std::string longest(4000, 'm');
  rows(1, 6000, longest);
  const sim::HttpReply part = desk_.ask("GET", "/desk/decisions/export");
  ASSERT_EQ(part.status, 200);
  EXPECT_NE(part.field("Tillwatch-Next"), "");
  EXPECT_LT(lines(part.body), 6000u);
  EXPECT_LT(part.body.size(), core::limits::export_bytes_max + core::limits::export_rows_at_once * 5000);
  const sim::HttpReply rest =
      desk_.ask("GET", "/desk/decisions/export?cursor=" + std::string(part.field("Tillwatch-Next")));
  EXPECT_EQ(lines(part.body) + lines(rest.body), 6002u);
}

TEST_P(DecisionExportTest, WhereThereIsMoreItSaysSoAndGoesOn) {
  const auto most = static_cast<std::int64_t>(core::limits::export_rows_max);
  rows(1, most, "M1");
  EXPECT_EQ(desk_.ask("GET", "/desk/decisions/export").field("Tillwatch-Next"), "");
  rows(most + 1, 1, "M1");
  const sim::HttpReply part = desk_.ask("GET", "/desk/decisions/export");
  ASSERT_EQ(part.status, 200);
  EXPECT_EQ(lines(part.body), core::limits::export_rows_max + 1);
  EXPECT_EQ(part.field("Tillwatch-Rows"), std::to_string(most));
  EXPECT_NE(part.field("Content-Disposition").find("-part.csv"), std::string::npos);
  EXPECT_NE(last_act().find("\"whole\":false"), std::string::npos);
  const sim::HttpReply rest =
      desk_.ask("GET", "/desk/decisions/export?cursor=" + std::string(part.field("Tillwatch-Next")));
  EXPECT_EQ(lines(rest.body), 2u) << rest.body;
  EXPECT_EQ(rest.field("Content-Disposition").find("-part"), std::string::npos);
  territory_.scope = registry::Scope::under({"agent-1"});
  EXPECT_EQ(lines(desk_.ask("GET", "/desk/decisions/export").body), 1u) << "the head, and nobody else's rows";
}

}  // namespace
}  // namespace tillwatch::desk
