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
