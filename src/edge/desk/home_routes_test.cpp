// Home, audit and health: each part for whoever may read it, counted over what he may see.
#include "desk/home_routes.h"

#include <map>

#include "crypto/data_keys.h"
#include "desk/desk_fixture.h"
#include "registry/registry.h"
#include "relay/act.h"

namespace tillwatch::desk {
namespace {

class ByRight final : public Territory {
 public:
  core::Result<registry::Scope> scope_of(sql::Connection&, core::TimeMs, const Caller&,
                                         std::string_view right) override {
    const auto at = scopes.find(std::string(right));
    return at == scopes.end() ? registry::Scope::under({}) : at->second;
  }
  std::map<std::string, registry::Scope> scopes;
};

class StillSystem final : public System {
 public:
  SystemState state() override { return now; }
  SystemState now;
};

class HomeRoutesTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  HomeRoutesTest() {
    add_home_routes(desk_.routes, {&territory_, &system_, 480});
    add_audit_routes(desk_.routes);
    desk_.authenticator.rights = {"health.read", "audit.read"};
    desk_.open();
    system_.now.version = "9.9";
    system_.now.durable = core::Sequence(120);
    system_.now.projected = core::Sequence(100);
    system_.now.acts_handed = 2;
  }
  core::TimeMs now() { return desk_.clock.now(); }
  std::string get(const std::string& target) {
    const sim::HttpReply reply = desk_.ask("GET", target);
    EXPECT_EQ(reply.status, 200) << target << reply.body;
    return reply.body;
  }
  void alert(std::string_view id, std::string_view state, std::int64_t severity, std::string_view agent,
             std::string_view assignee, core::TimeMs snoozed_until = 0) {
    ASSERT_TRUE(db_.execute(
        "insert into findings_alert (id, version, state, severity, subject_kind, subject, rule, typology,"
        " reason, agent, period, opened_sequence, first_at, last_at, decisions, snoozed_decisions,"
        " cooled_decisions, declined, amount, currency, assignee, snoozed_until, verdict, cool_until, act)"
        " values ($1, 1, $2, $3, 'merchant.id', 'M', 'R', 'T', 'r', $4, 1, 1, 1, 1, 1, 0, 0, 0, 0, 'CNY', $5,"
        " $6, '', 0, 0)",
        {id, state, severity, agent, assignee, snoozed_until}));
  }
  void decision(std::int64_t sequence, core::TimeMs at, std::string_view merchant, std::int64_t asked) {
    ASSERT_TRUE(db_.execute(
        "insert into decision (sequence, admitted_at, event_time, kind, merchant, amount, currency,"
        " authorisation, settlement, subject, asked_authorisation, asked_settlement, asked_subject, severity,"
        " score_ppm, fired) values ($1, $2, $2, 'transaction', $3, 50, 'CNY', 0, 0, 0, $4, 0, 0, 0, 0, $5)",
        {sequence, at, merchant, asked, std::int64_t{asked > 0 ? 1 : 0}}));
  }
  void hour(core::TimeMs at, std::int64_t count) {
    ASSERT_TRUE(
        db_.execute("insert into decision_hour values ($1, 'CNY', $2, 700, 1, 2, 3, 4)", {at, count}));
  }
  std::string agent_with(std::string_view number) {
    auto transaction = sql::Transaction::begin(db_).value();
    registry::Wish agent, channel, shop;
    agent.fields = {{"name", std::string("North")}};
    const std::string id = registry_.create(db_, author_, registry::Entity::agent, agent)->id;
    channel.id = "leshua";
    channel.fields = {{"name", std::string("Leshua")}};
    registry_.create(db_, author_, registry::Entity::channel, channel).value();
    shop.fields = {{"name", std::string("Shop")}, {"agent", id}};
    shop.numbers = {{"leshua", std::string(number)}};
    registry_.create(db_, author_, registry::Entity::merchant, shop).value();
    EXPECT_TRUE(transaction.commit());
    return id;
  }
  void act(std::string_view kind, std::string_view actor, std::string_view subject, core::TimeMs at,
           std::string_view detail = "{\"reason\":\"asked\"}") {
    auto transaction = sql::Transaction::begin(db_).value();
    ASSERT_TRUE(relay::append(db_, {kind, actor, subject, detail, at}));
    ASSERT_TRUE(transaction.commit());
  }
  // The numbers of the acts that an answer lists.
  std::vector<std::int64_t> acts(const std::string& body) {
    json::Reader reader;
    std::vector<std::int64_t> numbers;
    const auto root = reader.parse(body);
    EXPECT_TRUE(root) << body;
    for (const json::View& item : root->find("items")->elements())
      numbers.push_back(item.find("act")->as_integer().value());
    return numbers;
  }

  sim::SimRandom random_{3};
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, 0);
  registry::Registry registry_{keys_, random_};
  registry::Scope everything_ = registry::Scope::everything();
  registry::Author author_{"test", everything_, 5};
  ByRight territory_;
  StillSystem system_;
  DeskWorld desk_{GetParam()};
  sql::Connection& db_ = desk_.store.connection();
};
INSTANTIATE_TEST_SUITE_P(Engines, HomeRoutesTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(HomeRoutesTest, WhoMayReadNothingSeesHowFreshItIsAndNoMore) {
  alert("a1", "open", 4, "", "acc_1");
  const std::string home = get("/desk/home");
  for (const char* part :
       {R"("alerts":null)", R"("proposals":null)", R"("accounts":null)", R"("figures":null)",
        R"("records_behind":20)", R"("last_decision_at":null)", R"("trouble":null)"})
    EXPECT_NE(home.find(part), std::string::npos) << part << home;
}

TEST_P(HomeRoutesTest, AlertsAreCountedWithinTheScope) {
  const std::string north = agent_with("N1");
  alert("a1", "open", 4, north, "acc_1");
  alert("a2", "open", 4, "", "acc_1");
  alert("a3", "open", 1, "", "");
  alert("a4", "snoozed", 2, north, "", now() - 1);
  alert("a5", "snoozed", 2, north, "", now() + core::day_ms);
  alert("a6", "closed", 2, north, "acc_1");
  territory_.scopes.emplace("alerts.read", registry::Scope::everything());
  std::string home = get("/desk/home");
  EXPECT_NE(home.find(R"("open":[{"severity":4,"count":2},{"severity":3,"count":0},{"severity":2,"count":0},)"
                      R"({"severity":1,"count":1}],"mine":2,"snoozed_due":1})"),
            std::string::npos)
      << home;
  territory_.scopes.at("alerts.read") = registry::Scope::under({north});
  home = get("/desk/home");
  EXPECT_NE(home.find(R"({"severity":4,"count":1})"), std::string::npos) << home;
  EXPECT_NE(home.find(R"("mine":1,"snoozed_due":1)"), std::string::npos) << home;
}

TEST_P(HomeRoutesTest, FiguresOfTheDayAreThoseOfTheScope) {
  const core::DurationMs shift = 480 * core::minute_ms;
  const core::TimeMs today = core::floor_div(now() + shift, core::day_ms) * core::day_ms - shift;
  hour(today - core::day_ms - core::hour_ms, 1000);
  hour(today - core::day_ms, 7);
  hour(today - core::hour_ms, 5);
  hour(today, 3);
  decision(1, today - 5, "N1", 2);
  decision(2, today - 4, "S1", 2);
  decision(3, today, "N1", 1);
  decision(4, today + 9, "N1", 0);
  const std::string north = agent_with("N1");  // it had traded before anybody registered it
  territory_.scopes.emplace("decisions.read", registry::Scope::everything());
  std::string home = get("/desk/home");
  EXPECT_NE(home.find(R"("sums":[{"currency":"CNY","count":3,"amount_minor":700,)"), std::string::npos)
      << home;
  EXPECT_NE(home.find(R"("count":12,"amount_minor":1400,"challenged":2,"declined":4,"held":6,"fired":8)"),
            std::string::npos)
      << home;
  territory_.scopes.at("decisions.read") = registry::Scope::under({north});
  home = get("/desk/home");
  EXPECT_NE(home.find(R"("count":2,"amount_minor":100,"challenged":1,"declined":0,"held":0,"fired":1)"),
            std::string::npos)
      << home;
  EXPECT_NE(home.find(R"("count":1,"amount_minor":50,"challenged":0,"declined":1,)"), std::string::npos)
      << home;
}

TEST_P(HomeRoutesTest, ProposalsOfOthersWait) {
  for (const char* id : {"acc_1", "acc_2"})
    ASSERT_TRUE(
        db_.execute("insert into access_account (id, version, sign_in, shown_name, language, state,"
                    " password, created_at, created_by, act) values ($1, 1, $1, $2, 'zh', 'active', '',"
                    " 0, '', 0)",
                    {std::string_view(id), sql::Octets{"x"}}));
  const auto proposal = [&](std::string_view id, std::string_view author, std::string_view state,
                            core::TimeMs expires) {
    ASSERT_TRUE(db_.execute(
        "insert into access_proposal (id, version, kind, target, target_version, change, hash, reason, state,"
        " author, made_at, expires_at, cooling_until, consumed_at) values ($1, 1, 'list.override', 't', '1', "
        "'{}',"
        " 'h', 'r',"
        " $2, $3, 0, $4, 1, 2)",
        {id, state, author, expires}));
  };
  ASSERT_TRUE(db_.execute("insert into access_grant values ('acc_1', 'risk_lead', '*', 'system', 0)"));
  proposal("p1", "acc_2", "open", now() + core::day_ms);
  proposal("p2", "acc_2", "open", now() - 1);
  proposal("p3", "acc_1", "open", now() + core::day_ms);
  proposal("p4", "acc_2", "consumed", now() - 1);
  territory_.scopes.emplace("proposals.decide", registry::Scope::everything());
  EXPECT_NE(get("/desk/home").find(R"("proposals":{"to_decide":1,"to_ratify":1})"), std::string::npos);
}

TEST_P(HomeRoutesTest, WhoManagesAccountsSeesWhichRestSoon) {
  const auto account = [&](std::string_view id, core::DurationMs away, std::string_view state = "active") {
    ASSERT_TRUE(db_.execute(
        "insert into access_account (id, version, sign_in, shown_name, language, state, password, created_at,"
        " created_by, act, seen_at) values ($1, 1, $1, $2, 'zh', $3, '', 0, '', 0, $4)",
        {id, sql::Octets{"x"}, state, now() - away}));
  };
  account("here", core::day_ms);
  account("away", 80 * core::day_ms);
  account("gone", 80 * core::day_ms, "disabled");
  account("rests", 91 * core::day_ms);
  territory_.scopes.emplace("accounts.manage", registry::Scope::under({"agent-1"}));
  EXPECT_NE(get("/desk/home").find(R"("accounts":null)"), std::string::npos);
  territory_.scopes.insert_or_assign("accounts.manage", registry::Scope::everything());
  const std::string home = get("/desk/home");
  EXPECT_NE(home.find(R"("accounts":{"dormant_soon":1,"first_dormant_at":")"), std::string::npos) << home;
  ASSERT_TRUE(db_.execute("update access_account set state = 'disabled' where id = 'away'"));
  EXPECT_NE(get("/desk/home").find(R"("accounts":{"dormant_soon":0,"first_dormant_at":null})"),
            std::string::npos);
}

TEST_P(HomeRoutesTest, TheAuditNamesWhoWhatWhenAndWhy) {
  for (int i = 0; i < 9; ++i)
    act(i % 2 == 0 ? "alert.judged" : "merchant.changed", i % 3 == 0 ? "acc_1" : "acc_2",
        "merchant:" + std::to_string(i % 4), 1000 * i);
  const std::string first = get("/desk/audit?limit=4");
  EXPECT_EQ(acts(first), (std::vector<std::int64_t>{9, 8, 7, 6}));
  EXPECT_NE(first.find(R"("detail":{"reason":"asked"})"), std::string::npos) << first;
  json::Reader reader;
  const std::string next(reader.parse(first)->find("next")->as_string().value());
  EXPECT_EQ(acts(get("/desk/audit?limit=5&cursor=" + next)), (std::vector<std::int64_t>{5, 4, 3, 2, 1}));
  EXPECT_EQ(acts(get("/desk/audit?actor=acc_1")), (std::vector<std::int64_t>{7, 4, 1}));
  EXPECT_EQ(acts(get("/desk/audit?kind=merchant.changed&subject=merchant:1")),
            (std::vector<std::int64_t>{6, 2}));
  EXPECT_EQ(acts(get("/desk/audit?from=1970-01-01T00:00:03Z&to=1970-01-01T00:00:05Z")),
            (std::vector<std::int64_t>{5, 4}));
  EXPECT_EQ(acts(get("/desk/audit?actor=nobody")), std::vector<std::int64_t>{});
  ASSERT_TRUE(
      db_.execute("insert into registry_change (entity, id, act, field, version, at, actor, action,"
                  " reason) values ('merchant', '0', 9, 'name', 1, 1, 'acc_1', 'changed', 'moved house')"));
  alert("al1", "open", 1, "", "");
  act("alert.judged", "acc_2", "alert:al1", 9000);
  ASSERT_TRUE(db_.execute(
      "insert into findings_event values ('al1', 10, 9000, 'acc_2', 'judged', 'fraud', 'he said so')"));
  const std::string why = get("/desk/audit?limit=2");
  EXPECT_LT(why.find(R"("reason":"he said so")"), why.find(R"("reason":"moved house")")) << why;
  EXPECT_NE(why.find(R"("reason":"moved house")"), std::string::npos);
  desk_.authenticator.rights = {};
  EXPECT_EQ(desk_.ask("GET", "/desk/audit").status, 403);
}

TEST_P(HomeRoutesTest, TheAuditStopsWhereItLookedAtEnough) {
  std::vector<sql::Parameter> values;
  for (std::int64_t i = 1; i <= 20'600; ++i) values.emplace_back(i);
  auto transaction = sql::Transaction::begin(db_).value();
  ASSERT_TRUE(
      db_.execute_rows("insert into outbox (number, kind, actor, subject, detail, at, digest) values ($1,"
                       " 'k', 'a', 's', '', $1, '')",
                       1, values));
  ASSERT_TRUE(transaction.commit());
  const std::string stopped = get("/desk/audit?to=1970-01-01T00:00:00.100Z&limit=200");
  EXPECT_EQ(acts(stopped), std::vector<std::int64_t>{});
  json::Reader reader;
  const auto root = reader.parse(stopped);
  EXPECT_EQ(root->find("stopped_at")->as_string().value(), "1970-01-01T00:00:00.601Z");
  const std::string next(root->find("next")->as_string().value());
  EXPECT_EQ(acts(get("/desk/audit?to=1970-01-01T00:00:00.100Z&limit=200&cursor=" + next)).size(), 99u);
}

TEST_P(HomeRoutesTest, HealthSaysWhatLagsBehind) {
  for (int i = 0; i < 5; ++i) act("k", "a", "s", 5);
  decision(1, 77'000, "M", 0);
  system_.now.trouble = "projector_waits";
  system_.now.trouble_since = 5'000;
  const std::string health = get("/desk/health");
  const bool sqlite = GetParam() == sql::Dialect::sqlite;
  for (const char* part :
       {R"("version":"9.9")", R"("relay":{"last_act":5,"handed":2,"waiting":3})",
        R"("projector":{"sequence":100,"behind":20,"oldest_decision_at":"1970-01-01T00:01:17Z")",
        R"("trouble":"projector_waits","trouble_since":"1970-01-01T00:00:05Z")",
        sqlite ? R"("kind":"sqlite")" : R"("kind":"postgresql")",
        R"("disk":{"free_bytes":null,"bytes":null})"})
    EXPECT_NE(health.find(part), std::string::npos) << part << health;
  EXPECT_EQ(health.find("\"bytes\":0"), std::string::npos) << "the database has a size";
}

}  // namespace
}  // namespace tillwatch::desk
