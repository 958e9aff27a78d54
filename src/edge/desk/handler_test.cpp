// What the desk refuses before any subject is asked, and what it does around the functions of the table.
#include "desk/handler.h"

#include <gtest/gtest.h>

#include <string>

#include "desk/desk_fixture.h"

namespace tillwatch::desk {
namespace {

class HandlerTest : public ::testing::Test {
 protected:
  HandlerTest() {
    world.store.connection().script("create table thing (id bigint primary key)").value();
    world.routes.add(
        {.name = "readThing", .path = "/desk/things/{id}", .right = "things.read", .query = {"x"}},
        [](Call& call) -> core::Result<Answer> {
          return json_answer("{\"id\":\"" + call.variable(0) + "\",\"language\":" +
                             (call.language == Language::chinese ? "\"zh\"}" : "\"en\"}"));
        });
    world.routes.add({.name = "editThing",
                      .method = http::Method::post,
                      .path = "/desk/things/{id}",
                      .right = "things.edit",
                      .store = Store::write,
                      .body_bytes_max = 256},
                     [this](Call& call) { return edit(call); });
    world.routes.add({.name = "logIn",
                      .method = http::Method::post,
                      .path = "/desk/log-in",
                      .right = open_to_all,
                      .store = Store::own,
                      .body_bytes_max = 256},
                     [](Call& call) -> core::Result<Answer> {
                       Body body(call);
                       body.text("name");
                       if (auto refusal = body.refusal()) return *std::move(refusal);
                       return json_answer("{}");
                     });
    world.routes.add({.name = "whoami", .path = "/desk/me", .right = any_account},
                     [](Call&) -> core::Result<Answer> { return json_answer("{}"); });
    world.routes.add({.name = "waitForThing", .path = "/desk/wait", .right = any_account},
                     [this](Call&) -> core::Result<Answer> {
                       return Wait{[this](sql::Connection&, bool late) -> std::optional<http::Response> {
                         ++asked;
                         if (ready) return json_answer("{\"effective\":true}");
                         if (late) return json_answer("{\"effective\":false}");
                         return std::nullopt;
                       }};
                     });
    world.open();
  }
  core::Result<Answer> edit(Call& call) {
    ++tries;
    TRY(changed, call.connection.execute("insert into thing (id) values ($1)", {std::int64_t{tries}}));
    EXPECT_EQ(changed, 1);
    if (failures > 0) {
      --failures;
      return core::fail(failure, where, "detail of the failure");
    }
    if (refuses) return refuse(Problem::rule_broken, "no");
    return nothing();
  }
  std::int64_t things() {
    return world.store.connection().query("select count(*) from thing").value()[0].integer(0);
  }
  static std::string cookie(std::string_view value) {
    return std::string(session_cookie) + "=" + std::string(value);
  }

  DeskWorld world;
  int tries = 0;
  int failures = 0;
  core::ErrorCode failure = core::ErrorCode::unavailable;
  std::string where;
  bool refuses = false;
  bool ready = false;
  int asked = 0;
};

TEST_F(HandlerTest, AnswersInTheLanguageAskedFor) {
  EXPECT_EQ(world.ask("GET", "/desk/things/a%20b").body, R"({"id":"a b","language":"en"})");
  EXPECT_EQ(world.ask("GET", "/desk/things/7", "", {{"Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8"}}).body,
            R"({"id":"7","language":"zh"})");
  EXPECT_EQ(world.ask("HEAD", "/desk/things/7").status, 200);
}

TEST_F(HandlerTest, WhatIsNotThere) {
  EXPECT_EQ(kind_of(world.ask("GET", "/desk/nothing")), "not-found");
  EXPECT_EQ(kind_of(world.ask("GET", "/desk/things/")), "not-found");
  EXPECT_EQ(kind_of(world.ask("GET", "/desk/things/" + std::string(257, 'a'))), "not-found");
  EXPECT_EQ(world.ask("GET", "/desk/things/" + std::string(256, 'a')).status, 200);
  const sim::HttpReply wrong = world.ask("DELETE", "/desk/things/7");
  EXPECT_EQ(kind_of(wrong), "method-not-allowed");
  EXPECT_EQ(wrong.field("Allow"), "GET, HEAD, POST");
}

TEST_F(HandlerTest, StrangersAndHalfSignedInPeopleGetNowhere) {
  EXPECT_EQ(kind_of(world.send("GET", "/desk/things/7", "", {})), "not-signed-in");
  for (const std::string_view value : {"bad", "half", ""})
    EXPECT_EQ(kind_of(world.send("GET", "/desk/things/7", "", {{"Cookie", cookie(value)}})), "not-signed-in");
  EXPECT_EQ(kind_of(world.send("GET", "/desk/me", "", {{"Cookie", cookie("good") + "; " + cookie("good")}})),
            "not-signed-in");
  EXPECT_EQ(world.send("GET", "/desk/me", "", {{"Cookie", "a=b; " + cookie("good") + ";c"}}).status, 200);
}

TEST_F(HandlerTest, RightsAreAskedFor) {
  world.authenticator.rights = {"things.read"};
  EXPECT_EQ(kind_of(world.ask("POST", "/desk/things/7", "{}")), "not-permitted");
  world.authenticator.step_up = true;
  EXPECT_EQ(kind_of(world.ask("POST", "/desk/things/7", "{}")), "step-up-needed");
  EXPECT_EQ(tries, 0);
  EXPECT_EQ(world.ask("GET", "/desk/me").status, 200);
}

TEST_F(HandlerTest, ChangesNeedTheTokenOfTheSession) {
  const DeskWorld::Fields base = {{"Cookie", cookie("good")}, {"Content-Type", "application/json"}};
  EXPECT_EQ(kind_of(world.send("POST", "/desk/things/7", "{}", base)), "foreign-origin");
  auto fields = base;
  fields.emplace_back("Tillwatch-Csrf", "tokem");
  EXPECT_EQ(kind_of(world.send("POST", "/desk/things/7", "{}", fields)), "foreign-origin");
  EXPECT_EQ(tries, 0);
  fields.back().second = "token";
  EXPECT_EQ(world.send("POST", "/desk/things/7", "{}", fields).status, 204);
  EXPECT_EQ(things(), 1);
}

TEST_F(HandlerTest, OtherSitesAreRefused) {
  const auto post = [this](std::string name, std::string value) {
    return world.ask("POST", "/desk/things/7", "{}", {{std::move(name), std::move(value)}}).status;
  };
  EXPECT_EQ(post("Origin", "http://127.0.0.1:8090"), 204);
  EXPECT_EQ(post("Sec-Fetch-Site", "same-origin"), 204);
  for (const char* origin : {"http://evil.example", "https://127.0.0.1:8090", "http://127.0.0.1:9", "null"})
    EXPECT_EQ(post("Origin", origin), 403) << origin;
  for (const char* site : {"cross-site", "same-site", "none", "x"})
    EXPECT_EQ(post("Sec-Fetch-Site", site), 403) << site;
  EXPECT_EQ(world.ask("GET", "/desk/me", "", {{"Sec-Fetch-Site", "none"}}).status, 200);
  EXPECT_EQ(world.ask("GET", "/desk/me", "", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  // A name that leads here without being ours: DNS rebinding.
  EXPECT_EQ(kind_of(world.ask("GET", "/desk/me", "", {{"Host", "evil.example:8090"}})), "foreign-origin");
  EXPECT_EQ(world.ask("GET", "/desk/me", "", {{"Host", "localhost:8090"}}).status, 200);
  EXPECT_EQ(world.ask("GET", "/desk/me", "", {{"Host", "[::1]:8090"}}).status, 200);
}

TEST_F(HandlerTest, OpenRoutesNeedNoTokenButTheRightForm) {
  const auto log_in = [this](std::string_view body, std::string type) {
    DeskWorld::Fields fields;
    if (!type.empty()) fields.emplace_back("Content-Type", std::move(type));
    return world.send("POST", "/desk/log-in", body, std::move(fields));
  };
  EXPECT_EQ(log_in(R"({"name":"x"})", "application/json; charset=utf-8").status, 200);
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"})
    EXPECT_EQ(kind_of(log_in(R"({"name":"x"})", type)), "unsupported-media-type") << type;
  for (const char* body : {"", "[]", "{", "{} {}", "7", R"({"name":"x","name":"x"})"})
    EXPECT_EQ(kind_of(log_in(body, "application/json")), "invalid-request") << body;
  EXPECT_NE(log_in(R"({"nam":"x"})", "application/json").body.find(R"("pointer":"/nam")"), std::string::npos);
  EXPECT_EQ(log_in("{\"name\":\"" + std::string(300, 'x') + "\"}", "application/json").status, 413);
}

TEST_F(HandlerTest, UnknownParametersAreNamed) {
  const sim::HttpReply reply = world.ask("GET", "/desk/things/7?x=1&y=2");
  EXPECT_EQ(kind_of(reply), "invalid-request");
  EXPECT_NE(reply.body.find(R"("pointer":"?y")"), std::string::npos) << reply.body;
  EXPECT_EQ(world.ask("GET", "/desk/things/7?x=1").status, 200);
  EXPECT_EQ(kind_of(world.ask("GET", "/desk/things/7?x=1&x=2")), "invalid-request");
}

TEST_F(HandlerTest, ARefusalLeavesNothingBehind) {
  refuses = true;
  EXPECT_EQ(world.ask("POST", "/desk/things/7", "{}").status, 422);
  failures = 1;
  failure = core::ErrorCode::conflict;
  EXPECT_EQ(kind_of(world.ask("POST", "/desk/things/7", "{}")), "conflict");
  EXPECT_EQ(things(), 0);
  EXPECT_EQ(tries, 2);
}

TEST_F(HandlerTest, WhatTheDatabaseGaveUpIsTriedAgainWhole) {
  failures = 3;
  EXPECT_EQ(world.ask("POST", "/desk/things/7", "{}").status, 204);
  EXPECT_EQ(tries, 4);
  EXPECT_EQ(things(), 1);
  failures = 4;
  EXPECT_EQ(kind_of(world.ask("POST", "/desk/things/7", "{}")), "unavailable");
  EXPECT_EQ(things(), 1);
}

TEST_F(HandlerTest, ErrorsOfOursAreNotTold) {
  failure = core::ErrorCode::io;
  failures = 1;
  const sim::HttpReply reply = world.ask("POST", "/desk/things/7", "{}");
  EXPECT_EQ(kind_of(reply), "internal");
  EXPECT_EQ(reply.body.find("detail of the failure"), std::string::npos);
  EXPECT_NE(world.logged.find("editThing: detail of the failure"), std::string::npos);
  world.authenticator.failure = core::fail(core::ErrorCode::unavailable, "", "gone");
  EXPECT_EQ(kind_of(world.ask("GET", "/desk/me")), "unavailable");
}

TEST_F(HandlerTest, EveryErrorOfASubjectHasItsProblem) {
  const auto told = [this](core::ErrorCode code, std::string place) {
    failure = code;
    where = std::move(place);
    failures = 1;
    return world.ask("POST", "/desk/things/7", "{}");
  };
  EXPECT_EQ(kind_of(told(core::ErrorCode::invalid, "/a")), "rule-broken");
  EXPECT_NE(told(core::ErrorCode::invalid, "/a").body.find(R"("pointer":"/a")"), std::string::npos);
  EXPECT_EQ(kind_of(told(core::ErrorCode::limit, "")), "rule-broken");
  EXPECT_EQ(kind_of(told(core::ErrorCode::not_found, "")), "not-found");
  EXPECT_EQ(kind_of(told(core::ErrorCode::denied, "")), "not-permitted");
  EXPECT_EQ(kind_of(told(core::ErrorCode::denied, "step-up-needed")), "step-up-needed");
  EXPECT_EQ(kind_of(told(core::ErrorCode::corrupt, "")), "internal");
}

TEST_F(HandlerTest, AnAnswerMayWait) {
  EXPECT_EQ(world.ask("GET", "/desk/wait").body, R"({"effective":false})");
  EXPECT_GT(asked, 10);
  ready = true;
  EXPECT_EQ(world.ask("GET", "/desk/wait").body, R"({"effective":true})");
  EXPECT_EQ(world.handler->waiting(), 0u);
}

TEST_F(HandlerTest, TooManyThatWaitAreAnsweredWithWhatIsKnown) {
  std::vector<sim::SimPeer*> peers;
  const std::string request =
      "GET /desk/wait HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie("good") + "\r\n\r\n";
  for (int i = 0; i < 70; ++i) peers.push_back(&world.network.connect(world.port).send(request));
  for (int i = 0; i < 10; ++i) world.server->turn(world.network.wait(0));
  std::size_t answered = 0;
  for (const sim::SimPeer* peer : peers) answered += peer->received().empty() ? 0u : 1u;
  EXPECT_EQ(answered, 6u);
  EXPECT_EQ(world.handler->waiting(), 64u);
}

TEST_F(HandlerTest, EveryAnswerHasTheFieldsThatBrowsersObey) {
  for (const sim::HttpReply& reply : {world.ask("GET", "/desk/me"), world.ask("GET", "/desk/nothing"),
                                      world.send("GET", "/desk/me", "", {})}) {
    EXPECT_EQ(reply.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(reply.field("Content-Security-Policy"), policy_of_data);
    EXPECT_EQ(reply.field("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(reply.field("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_EQ(reply.field("Cache-Control"), "no-store");
    EXPECT_EQ(reply.field("Strict-Transport-Security"), "");
  }
}

TEST_F(HandlerTest, TheConsoleIsThereForEverybody) {
  const sim::HttpReply page = world.send("GET", "/", "", {{"Sec-Fetch-Site", "cross-site"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.field("Content-Security-Policy").find("script-src 'self'"), std::string::npos);
  EXPECT_EQ(page.field("X-Frame-Options"), "DENY");
  EXPECT_EQ(kind_of(world.send("POST", "/", "", {})), "method-not-allowed");
  EXPECT_EQ(kind_of(world.send("GET", "/", "", {{"Host", "evil.example"}})), "foreign-origin");
  EXPECT_EQ(world.send("POST", "/x", "body", {}).status, 413);
}

TEST_F(HandlerTest, TheLogTellsNobodysName) {
  world.ask("POST", "/desk/things/secret-thing", R"({"x":"y"})");
  EXPECT_NE(world.logged.find("editThing"), std::string::npos);
  EXPECT_EQ(world.logged.find("secret-thing"), std::string::npos);
}

TEST(Origin, ListenersAndNames) {
  for (const char* host : {"127.0.0.1", "::1", "localhost", "127.9.9.9"})
    EXPECT_TRUE(check_listener(host, false).has_value()) << host;
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "127.0.0.1.evil.example", "127.evil.a.b"})
    EXPECT_FALSE(check_listener(host, false).has_value()) << host;
  EXPECT_TRUE(check_listener("0.0.0.0", true).has_value());
}

TEST(Origin, APublicNameInFrontOfTheLoopback) {
  const OriginRules rules{.tls = false, .address = "127.0.0.1", .origins = {"https://desk.example.cn"}};
  const auto verdict = [&](const char* host, const char* origin) {
    http::RequestHead head;
    head.method = http::Method::post;
    head.fields.add("Host", host);
    head.fields.add("Origin", origin);
    return foreign(head, rules, false);
  };
  EXPECT_EQ(verdict("desk.example.cn", "https://desk.example.cn"), "");
  EXPECT_EQ(verdict("127.0.0.1:8090", "http://127.0.0.1:8090"), "");
  EXPECT_NE(verdict("other.example.cn", "https://desk.example.cn"), "");
  EXPECT_NE(verdict("desk.example.cn", "https://evil.example.cn"), "");
  http::RequestHead twice;
  twice.fields.add("Host", "desk.example.cn");
  twice.fields.add("Host", "desk.example.cn");
  EXPECT_NE(foreign(twice, rules, true), "");
}

}  // namespace
}  // namespace tillwatch::desk
