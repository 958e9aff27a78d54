// The registry and the alert inbox as a person's browser meets them: JSON, statuses, territory, and nothing
// personal where it does not belong.
#include "desk/registry_routes.h"

#include "desk/alert_routes.h"
#include "desk/desk_fixture.h"
#include "findings/inbox.h"
#include "registry/seen.h"

namespace tillwatch::desk {
namespace {

class FakeTerritory final : public Territory {
 public:
  core::Result<registry::Scope> scope_of(sql::Connection&, core::TimeMs, const Caller&,
                                         std::string_view) override {
    return scope;
  }
  registry::Scope scope = registry::Scope::everything();
};

class RegistryRoutesTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  RegistryRoutesTest() {
    add_registry_routes(world_.routes, {.registry = &registry_, .territory = &territory_});
    add_alert_routes(world_.routes, {.territory = &territory_, .grouping = {}});
    world_.authenticator.rights = {"registry.read", "registry.edit", "registry.personal",
                                   "alerts.read",   "alerts.work",   "alerts.assign"};
    world_.open();
  }
  // The member of an answer, as text; an object or a list is read by the caller.
  std::string member(const sim::HttpReply& reply, std::string_view name) {
    const auto root = reader_.parse(reply.body);
    EXPECT_TRUE(root) << reply.body;
    const auto view = root ? root->find(name) : std::nullopt;
    if (!view) return "(absent)";
    if (view->is(json::Kind::string)) return std::string(view->as_string().value());
    if (view->is(json::Kind::integer)) return std::to_string(view->as_integer().value());
    if (view->is(json::Kind::boolean)) return view->as_boolean().value() ? "true" : "false";
    return view->is(json::Kind::null) ? "null" : std::to_string(view->size());
  }
  std::string create(std::string_view path, std::string_view body) {
    const sim::HttpReply reply = world_.ask("POST", path, body);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return member(reply, "id");
  }
  int status(std::string_view method, std::string_view target, std::string_view body = {}) {
    return world_.ask(method, target, body).status;
  }

  void colleague(std::string_view id, std::string_view agent, std::string_view state = "active") {
    sql::Connection& db = world_.store.connection();
    ASSERT_TRUE(
        db.execute("insert into access_account (id, version, sign_in, shown_name, language, state, password,"
                   " created_at, created_by, act) values ($1, 1, $1, $2, 'zh', $3, '', 1, $1, 1)",
                   {id, sql::Octets{"x"}, state}));
    ASSERT_TRUE(
        db.execute("insert into access_grant (account, role, agent, granted_by, granted_at) values"
                   " ($1, 'desk', $2, $1, 1)",
                   {id, agent}));
  }

  sim::SimRandom random_{3};
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, 0);
  registry::Registry registry_{keys_, random_};
  FakeTerritory territory_;
  json::Reader reader_;
  DeskWorld world_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Engines, RegistryRoutesTest, ::testing::ValuesIn(sql::test_engines()),
                         sql::engine_name);

TEST_P(RegistryRoutesTest, AMerchantComesAndChangesAndIsFound) {
  create("/desk/channels", R"({"id":"leshua","name":"Leshua"})");
  const std::string agent = create("/desk/agents", R"({"name":"Agent One","code":"A1"})");
  const std::string shop =
      create("/desk/merchants", R"({"name":"福源便利店","agent":")" + agent +
                                    R"(","single_limit":{"minor":500000,"currency":"CNY"},
      "price_list":true,"verified_at":"2026-07-03T06:05:00.000Z","closes_minute":1320,
      "numbers":[{"channel":"leshua","number":"M815"}]})");
  const sim::HttpReply one = world_.ask("GET", "/desk/merchants/" + shop);
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(member(one, "agent_name"), "Agent One");
  EXPECT_EQ(member(one, "price_list"), "true");
  EXPECT_EQ(member(one, "verified_at"), "2026-07-03T06:05:00Z");
  EXPECT_NE(one.body.find(R"("single_limit":{"minor":500000,"currency":"CNY"})"), std::string::npos);
  EXPECT_EQ(member(world_.ask("GET", "/desk/merchants/M815"), "id"), shop);
  EXPECT_EQ(member(world_.ask("GET", "/desk/agents/A1"), "id"), agent);
  EXPECT_EQ(status("GET", "/desk/merchants/none"), 404);

  const std::string path = "/desk/merchants/" + shop;
  EXPECT_EQ(status("PATCH", path, R"({"name":"x"})"), 400) << "no version";
  const sim::HttpReply changed =
      world_.ask("PATCH", path, R"({"version":1,"single_limit":null,"reason":"asked"})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(member(changed, "version"), "2");
  EXPECT_EQ(member(changed, "effective"), "false");
  EXPECT_EQ(status("PATCH", path, R"({"version":1,"name":"x"})"), 409);
  const sim::HttpReply wrong = world_.ask("PATCH", path, R"({"version":2,"mcc":"abc"})");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_NE(wrong.body.find(R"("pointer":"/mcc")"), std::string::npos);
  EXPECT_EQ(status("PATCH", path, R"({"version":2,"colour":"red"})"), 400);
  EXPECT_EQ(status("PATCH", path, R"({"version":2,"single_limit":5})"), 400);
  EXPECT_EQ(status("PATCH", path, R"({"version":2,"single_limit":{"minor":5,"currency":"USD"}})"), 400);
  EXPECT_EQ(status("PATCH", path, R"({"version":2,"numbers":[{"channel":1}]})"), 400);
  EXPECT_EQ(member(world_.ask("PATCH", path, R"({"version":2})"), "act"), "0");

  const sim::HttpReply history = world_.ask("GET", path + "/history?limit=1");
  EXPECT_NE(
      history.body.find(
          R"("field":"single_limit","personal":false,"before":{"minor":500000,"currency":"CNY"},"after":null)"),
      std::string::npos)
      << history.body;
  EXPECT_EQ(status("GET", path + "/history?limit=1&cursor=" + member(history, "next")), 200);
  const sim::HttpReply found = world_.ask("GET", "/desk/search?q=%E4%BE%BF%E5%88%A9");
  EXPECT_NE(found.body.find(shop), std::string::npos) << found.body;
  EXPECT_EQ(status("GET", "/desk/search"), 400);
  EXPECT_EQ(status("GET", "/desk/unregistered?entity=terminal"), 200);
}

TEST_P(RegistryRoutesTest, ListsComeByPages) {
  std::set<std::string> made, listed;
  for (int i = 0; i < 7; ++i) made.insert(create("/desk/agents", R"({"name":"A"})"));
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    const sim::HttpReply page =
        world_.ask("GET", "/desk/agents?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(page.status, 200);
    cursor = member(page, "next");
    const auto root = reader_.parse(page.body);
    const json::View items = root->find("items").value();
    for (const json::View& item : items.elements())
      EXPECT_TRUE(listed.insert(std::string(item.find("id")->as_string().value())).second);
    if (cursor == "null") break;
  }
  EXPECT_EQ(listed, made);
  EXPECT_EQ(status("GET", "/desk/agents?limit=0"), 400);
  EXPECT_EQ(status("GET", "/desk/agents?cursor=xyz"), 400);
}

TEST_P(RegistryRoutesTest, WhatIsPersonalIsMaskedAndSeenOnlyWithAReason) {
  const std::string person = create("/desk/persons", R"({"name":"王小明","phone":"138 1234 9876"})");
  const std::string path = "/desk/persons/" + person;
  const sim::HttpReply shown = world_.ask("GET", path);
  EXPECT_EQ(member(shown, "name"), "王**");
  EXPECT_EQ(member(shown, "phone"), "138****9876");
  EXPECT_NE(world_.ask("GET", "/desk/search?q=9876").body.find("王**"), std::string::npos);
  EXPECT_EQ(status("PATCH", path, R"({"version":1,"phone":"138****9876"})"), 422);
  EXPECT_EQ(status("PATCH", path, R"({"version":1,"name":"王**"})"), 422) << "a mask is no name";
  EXPECT_EQ(status("POST", path + "/reveal", "{}"), 400);
  EXPECT_EQ(member(world_.ask("POST", path + "/reveal", R"({"reason":"call back"})"), "phone"),
            "13812349876");
  EXPECT_NE(world_.ask("GET", path + "/history")
                .body.find(R"("action":"revealed","field":"phone","personal":true)"),
            std::string::npos);
  world_.authenticator.rights.erase("registry.personal");
  EXPECT_EQ(status("POST", path + "/reveal", R"({"reason":"call back"})"), 403);
  for (const std::string_view secret : {"王小明", "13812349876", "138 1234 9876"})
    EXPECT_EQ(world_.logged.find(secret), std::string::npos);
}

TEST_P(RegistryRoutesTest, OutsideTheTerritoryNothingIsFound) {
  const std::string mine = create("/desk/agents", R"({"name":"Mine"})");
  const std::string other = create("/desk/agents", R"({"name":"Other"})");
  create("/desk/channels", R"({"id":"leshua","name":"Leshua"})");
  const std::string shop = create("/desk/merchants", R"({"name":"Theirs","agent":")" + other + "\"}");
  const std::string account =
      create("/desk/settlement-accounts",
             R"({"merchant":")" + shop + R"(","number":"6222000011119876","holder":"王小明"})");
  create("/desk/terminals", R"({"id":"SN1","status":"active","merchant":")" + shop + "\"}");
  territory_.scope = registry::Scope::under({mine});
  for (const std::string& path :
       {"/desk/merchants/" + shop, "/desk/agents/" + other, std::string("/desk/terminals/SN1"),
        "/desk/settlement-accounts/" + account}) {
    EXPECT_EQ(status("GET", path), 404) << path;
    EXPECT_EQ(status("GET", path + "/history"), 404) << path;
    EXPECT_EQ(status("PATCH", path, R"({"version":1})"), 404) << path;
  }
  EXPECT_EQ(status("POST", "/desk/settlement-accounts/" + account + "/reveal", R"({"reason":"r"})"), 404);
  EXPECT_EQ(status("GET", "/desk/merchants/" + shop + "/activity"), 404);
  EXPECT_EQ(status("GET", "/desk/terminals/SN1/bindings"), 404);
  for (const std::string_view list : {"/desk/merchants", "/desk/terminals", "/desk/settlement-accounts"})
    EXPECT_EQ(member(world_.ask("GET", list), "items"), "0") << list;
  EXPECT_EQ(member(world_.ask("GET", "/desk/agents"), "items"), "1");
  EXPECT_EQ(member(world_.ask("GET", "/desk/search?q=theirs"), "items"), "0");
  EXPECT_EQ(member(world_.ask("GET", "/desk/search?q=9876"), "items"), "0");
  EXPECT_EQ(status("POST", "/desk/merchants", R"({"name":"X","agent":")" + other + "\"}"), 422);
  EXPECT_EQ(status("GET", "/desk/channels/leshua"), 200);
  EXPECT_EQ(status("PATCH", "/desk/channels/leshua", R"({"version":1,"name":"Mine now"})"), 403)
      << "all share it";
  EXPECT_EQ(status("PATCH", "/desk/agents/" + mine, R"({"version":1,"parent":")" + other + "\"}"), 422);
}

TEST_P(RegistryRoutesTest, WhatCameFromElsewhereLeavesItsPastThere) {
  create("/desk/channels", R"({"id":"leshua","name":"Leshua"})");
  const auto shop = [&](const std::string& agent, const std::string& number) {
    return create("/desk/merchants", R"({"name":"Shop","agent":")" + agent +
                                         R"(","numbers":[{"channel":"leshua","number":")" + number + "\"}]}");
  };
  const std::string mine = create("/desk/agents", R"({"name":"Mine"})");
  const std::string other = create("/desk/agents", R"({"name":"Other"})");
  const std::string theirs = shop(other, "M1"), ours = shop(mine, "M2");
  create("/desk/terminals", R"({"id":"SN1","status":"active","merchant":")" + theirs + "\"}");
  const auto change = [&](const std::string& version, const std::string& rest) {
    EXPECT_EQ(status("PATCH", "/desk/terminals/SN1", "{\"version\":" + version + "," + rest + "}"), 200);
  };
  change("1", R"("note":"THEIRNOTE","reason":"THEIRREASON")");
  change("2", R"("merchant":")" + ours + R"(","note":"OURNOTE","reason":"sold on")");
  change("3", R"("note":"later","reason":"OURREASON")");
  const core::TimeMs at = world_.clock.now() - core::hour_ms;
  for (const auto& [sequence, merchant] : {std::pair(1, "M1"), std::pair(2, "M1"), std::pair(3, "M2")})
    ASSERT_TRUE(world_.store.connection().execute(
        "insert into decision (sequence, admitted_at, event_time, kind, merchant, terminal, amount_base,"
        " authorisation, settlement, subject, asked_authorisation, asked_settlement, asked_subject,"
        " severity, score_ppm, fired) values ($1, $2, $2, 'transaction', $3, 'SN1', 100, 0, 0, 0, 0, 0, 0, "
        "0, 0,"
        " 1)",
        {std::int64_t{sequence}, at, std::string_view(merchant)}));
  const auto counted = [&] {
    const std::string body = world_.ask("GET", "/desk/terminals/SN1/activity").body;
    std::string counts;
    for (std::size_t found = body.find("\"count\":"); found != std::string::npos;
         found = body.find("\"count\":", found + 1))
      if (body[found + 8] != '0') counts += body.substr(found + 8, body.find(',', found) - found - 8);
    return counts;
  };
  EXPECT_EQ(counted(), "3");
  const std::string whole = world_.ask("GET", "/desk/terminals/SN1/history").body;
  for (const std::string& word : {other, theirs, std::string("THEIRNOTE"), std::string("THEIRREASON")})
    EXPECT_NE(whole.find(word), std::string::npos) << word;
  territory_.scope = registry::Scope::under({mine});
  EXPECT_EQ(counted(), "1");
  const std::string part = world_.ask("GET", "/desk/terminals/SN1/history").body;
  for (const std::string& word : {other, theirs, std::string("THEIRNOTE"), std::string("THEIRREASON")})
    EXPECT_EQ(part.find(word), std::string::npos) << word << part;
  for (const std::string& word : {mine, ours, std::string("OURNOTE"), std::string("OURREASON")})
    EXPECT_NE(part.find(word), std::string::npos) << word << part;
}

TEST_P(RegistryRoutesTest, WaitsUntilTheEngineKnows) {
  const sim::HttpReply late =
      world_.ask("POST", "/desk/agents?wait=effective", R"({"name":"A","code":"A9"})");
  EXPECT_EQ(late.status, 201);
  EXPECT_EQ(member(late, "effective"), "false") << "nobody relays here";
  EXPECT_EQ(status("POST", "/desk/agents?wait=effective", R"({"name":""})"), 422);
}

TEST_P(RegistryRoutesTest, ActivityIsASeriesWithoutGaps) {
  create("/desk/channels", R"({"id":"leshua","name":"Leshua"})");
  const std::string agent = create("/desk/agents", R"({"name":"A"})");
  const std::string shop =
      create("/desk/merchants",
             R"({"name":"S","agent":")" + agent + R"(","numbers":[{"channel":"leshua","number":"M1"}]})");
  const core::TimeMs day = core::parse_time("2026-07-03T00:00:00+08:00").value();
  std::int64_t sequence = 0;
  for (const auto& [at, declined] :
       {std::pair(day, 0), std::pair(day + core::day_ms - 1, 2), std::pair(day + 2 * core::day_ms, 0)})
    ASSERT_TRUE(world_.store.connection().execute(
        "insert into decision (sequence, admitted_at, event_time, kind, merchant, amount_base, "
        "authorisation, settlement,"
        " subject, asked_authorisation, asked_settlement, asked_subject, severity, score_ppm, fired)"
        " values ($1, $2, $2, 'transaction', 'M1', 100, $3, 0, 0, 0, 0, 0, 0, 0, 1)",
        {sequence += 50'000, at, std::int64_t{declined}}));  // each in an era of its own
  const std::string span = "/activity?from=2026-07-03T00:00:00%2B08:00&to=2026-07-06T00:00:00%2B08:00";
  for (const std::string& path : {"/desk/merchants/" + shop, "/desk/agents/" + agent}) {
    const sim::HttpReply reply = world_.ask("GET", path + span);
    EXPECT_EQ(reply.body,
              R"({"currency":"CNY","items":[)"
              R"({"at":"2026-07-02T16:00:00Z","count":2,"amount_minor":200,"declined":1,"fired":2},)"
              R"({"at":"2026-07-03T16:00:00Z","count":0,"amount_minor":0,"declined":0,"fired":0},)"
              R"({"at":"2026-07-04T16:00:00Z","count":1,"amount_minor":100,"declined":0,"fired":1}]})");
  }
  EXPECT_EQ(status("GET", "/desk/merchants/" + shop + "/activity?from=2020-01-01T00:00:00Z"), 400);
  EXPECT_EQ(
      status("GET", "/desk/agents/" + agent + "/activity?from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z"),
      422);
}

TEST_P(RegistryRoutesTest, WhatOnlyTrafficKnowsIsShownAsUnregistered) {
  const std::vector<registry::Sighting> seen{{world_.clock.now(), "M7", "SN7", ""}};
  {
    auto transaction = sql::Transaction::begin(world_.store.connection()).value();
    ASSERT_TRUE(registry::learn(world_.store.connection(), seen));
    ASSERT_TRUE(transaction.commit());
  }
  EXPECT_EQ(member(world_.ask("GET", "/desk/merchants/M7"), "registered"), "false");
  EXPECT_EQ(member(world_.ask("GET", "/desk/terminals/SN7"), "merchant"), "M7");
  EXPECT_EQ(status("GET", "/desk/merchants/M7/activity"), 200);
  EXPECT_EQ(member(world_.ask("GET", "/desk/unregistered"), "items"), "1");
  territory_.scope = registry::Scope::under({"agt_x"});
  EXPECT_EQ(status("GET", "/desk/merchants/M7"), 404);
  EXPECT_EQ(status("GET", "/desk/merchants/M7/activity"), 404);
  EXPECT_EQ(member(world_.ask("GET", "/desk/unregistered"), "items"), "0");
}

TEST_P(RegistryRoutesTest, AnAlertIsTakenNotedPutOffAndJudged) {
  const findings::Inbox inbox{findings::Grouping{}};
  for (int i = 1; i <= 3; ++i) {
    const std::string id = "tx" + std::to_string(i);
    ASSERT_TRUE(inbox.take(world_.store.connection(), {.sequence = i,
                                                       .place = 0,
                                                       .at = world_.clock.now(),
                                                       .rule = "T07",
                                                       .typology = "T07",
                                                       .reason = "repetition",
                                                       .severity = 3,
                                                       .subject_kind = "merchant.id",
                                                       .subject = "M1",
                                                       .agent = "",
                                                       .merchant = "M1",
                                                       .terminal = "SN1",
                                                       .declined = true,
                                                       .client = "till",
                                                       .request_id = id,
                                                       .amount = 100,
                                                       .currency = "CNY"}));
  }
  const std::string id = "alt_000000000000000100";
  const std::string path = "/desk/alerts/" + id;
  EXPECT_EQ(
      member(world_.ask("GET", "/desk/alerts?state=open&severity=3&q=M1&assignee=nobody&order=severity"),
             "items"),
      "1");
  EXPECT_EQ(member(world_.ask("GET", "/desk/alerts?state=closed"), "items"), "0");
  EXPECT_EQ(status("POST", path + "/take"), 200);
  EXPECT_EQ(member(world_.ask("GET", "/desk/alerts?assignee=me"), "items"), "1");
  colleague("acc_2", "*");
  colleague("acc_3", "agt_other");
  colleague("acc_4", "*", "disabled");
  colleague("acc_5", "*", "invited");
  EXPECT_EQ(status("POST", path + "/assign", R"({"assignee":"acc_2","version":9})"), 409);
  EXPECT_EQ(status("POST", path + "/assign", R"({"assignee":"acc_1"})"), 422) << "nobody";
  EXPECT_EQ(status("POST", path + "/assign", R"({"assignee":"acc_3"})"), 422) << "who would not see it";
  EXPECT_EQ(status("POST", path + "/assign", R"({"assignee":"acc_4"})"), 422) << "who works here no more";
  EXPECT_EQ(status("POST", path + "/assign", R"({"assignee":"acc_5"})"), 200) << "who is expected";
  EXPECT_EQ(status("POST", path + "/assign", R"({"assignee":"acc_2"})"), 200);
  EXPECT_EQ(status("POST", path + "/note", R"({"text":"called the shop"})"), 200);
  EXPECT_EQ(status("POST", path + "/note", R"({"text":""})"), 400);
  EXPECT_EQ(status("POST", path + "/snooze", R"({"until":"2001-01-01T00:00:00Z","reason":"r"})"), 422);
  EXPECT_EQ(status("POST", path + "/verdict", R"({"verdict":"maybe","reason":"r"})"), 400);
  const sim::HttpReply judged =
      world_.ask("POST", path + "/verdict", R"({"verdict":"fraud","reason":"holder denies"})");
  EXPECT_EQ(member(judged, "labels"), "3");
  const sim::HttpReply page = world_.ask("GET", path);
  EXPECT_EQ(member(page, "state"), "closed");
  EXPECT_EQ(member(page, "kept"), "3");
  EXPECT_EQ(member(page, "events"), "5");
  EXPECT_NE(page.body.find(R"("amount":{"minor":300,"currency":"CNY"})"), std::string::npos);
  EXPECT_EQ(status("POST", path + "/snooze", R"({"until":"2099-01-01T00:00:00Z","reason":"r"})"), 422);
  territory_.scope = registry::Scope::under({"agt_other"});
  EXPECT_EQ(status("GET", path), 404);
  EXPECT_EQ(status("POST", path + "/verdict", R"({"verdict":"good","reason":"r"})"), 404);
  EXPECT_EQ(member(world_.ask("GET", "/desk/alerts"), "items"), "0");
}

}  // namespace
}  // namespace tillwatch::desk
