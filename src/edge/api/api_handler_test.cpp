// The interface over a real pipeline on a simulated disk, network and clock.
#include "api/api_handler.h"

#include <gtest/gtest.h>

#include <string>

#include "api/api_fixture.h"

namespace tillwatch::api {
namespace {

TEST(Api, DecidesAndExplains) {
  World world;
  EXPECT_EQ(world.decide("a").status, 200);
  EXPECT_EQ(world.decide("b").status, 200);
  const sim::HttpReply third = world.decide("c");
  ASSERT_EQ(third.status, 200) << third.body;
  EXPECT_EQ(third.field("Content-Type"), "application/json");
  EXPECT_EQ(text_at(third.body, {"outcome", "authorisation"}), "decline");
  EXPECT_EQ(text_at(third.body, {"effective", "authorisation"}), "decline");
  EXPECT_EQ(text_at(third.body, {"effective", "code"}), "59");
  EXPECT_EQ(text_at(third.body, {"reasons", "0", "message", "zh"}), "请留存签购单");
  EXPECT_EQ(text_at(third.body, {"authority"}), "acquirer");
  EXPECT_EQ(text_at(third.body, {"request_id"}), "c");
  EXPECT_EQ(text_at(third.body, {"client"}), "gate");
  EXPECT_EQ(text_at(third.body, {"card", "masked"}), "401288******1881");
  EXPECT_EQ(text_at(third.body, {"reasons", "", "rule"}), "T07-repetition");
  EXPECT_EQ(text_at(third.body, {"reasons", "", "text", "en"}), "3 times");
  EXPECT_EQ(text_at(third.body, {"reasons", "", "text", "zh"}), "3 次");
  EXPECT_EQ(text_at(third.body, {"values", "", "name"}), "pair_count");
  EXPECT_EQ(text_at(third.body, {"values", "", "value"}), "3");
  EXPECT_EQ(text_at(third.body, {"values", "", "window", "to"}), "2026-07-01T00:00:00Z");
  EXPECT_EQ(text_at(third.body, {"values", "", "window", "from"}), "2026-06-30T23:00:00Z");
}

TEST(Api, ARepeatedRequestGetsTheSameBytes) {
  World world;
  const sim::HttpReply first = world.decide("a");
  world.decide("b");
  world.clock.advance(5000);
  const sim::HttpReply again = world.decide("a");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(first.field("Tillwatch-Repeated"), "");
  EXPECT_EQ(again.field("Tillwatch-Repeated"), "true");
  const sim::HttpReply other = world.decide("a", R"(,"terminal":{"id":"t"})");
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(type_of_problem(other), "conflict");
  EXPECT_EQ(world.ask("GET", "/v1/decisions/" + text_at(first.body, {"id"})).body, first.body);
}

TEST(Api, TheSameIdTwiceInOneTurn) {
  World world;
  const std::string request = sim::format_request("POST", "/v1/decisions", World::event("a"),
                                                  {{"Authorization", "Bearer " + world.secret}});
  sim::SimPeer& peer = world.network.connect(world.port).send(request + request);
  world.server->turn(world.network.wait(0));
  const auto replies = sim::take_replies(peer.received());
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].body, replies[1].body);
  EXPECT_EQ(replies[1].field("Tillwatch-Repeated"), "true");
}

TEST(Api, ADryRunKeepsNothing) {
  World world;
  const std::uint64_t before = world.pipeline->last_durable().value;
  const sim::HttpReply dry = world.ask("POST", "/v1/decisions?record=false", World::event("a"));
  EXPECT_EQ(dry.status, 200) << dry.body;
  EXPECT_EQ(dry.field("Tillwatch-Recorded"), "false");
  EXPECT_EQ(text_at(dry.body, {"id"}), "null");
  EXPECT_EQ(world.pipeline->last_durable().value, before);
  EXPECT_EQ(world.ask("POST", "/v1/decisions?record=false", R"({"amount":1,"currency":"CNY"})").status, 200);
  EXPECT_EQ(world.ask("POST", "/v1/decisions?record=maybe", World::event("a")).status, 400);
}

TEST(Api, NobodyIsAnonymous) {
  World world;
  const std::string narrow = world.make_key("viewer", "read");
  const std::string brief = world.make_key("brief", "read", 1000);
  ASSERT_TRUE(world.ring.read().has_value());
  const sim::HttpReply without = world.ask("POST", "/v1/decisions", World::event("a"), {}, "");
  EXPECT_EQ(without.status, 401);
  EXPECT_EQ(without.field("WWW-Authenticate"), "Bearer realm=\"tillwatch\"");
  EXPECT_EQ(type_of_problem(without), "not-authenticated");
  EXPECT_EQ(world.ask("POST", "/v1/decisions", World::event("a"), {}, "tw_nonsense").status, 401);
  const sim::HttpReply lacking = world.ask("POST", "/v1/decisions", World::event("a"), {}, narrow);
  EXPECT_EQ(lacking.status, 403);
  EXPECT_EQ(type_of_problem(lacking), "not-permitted");
  EXPECT_EQ(world.ask("GET", "/v1/decisions", "", {}, narrow).status, 200);
  EXPECT_EQ(world.ask("GET", "/v1/policy", "", {}, brief).status, 200);
  world.clock.advance(1000);
  EXPECT_EQ(world.ask("GET", "/v1/policy", "", {}, brief).status, 401);
  EXPECT_EQ(world.ask("GET", "/metrics", "", {}, narrow).status, 403);
  for (const std::string_view open : {"/health/live", "/health/ready", "/openapi.json"})
    EXPECT_EQ(world.ask("GET", open, "", {}, "").status, 200) << open;
  EXPECT_EQ(world.pipeline->counters().decisions, 0u);
}

TEST(Api, ARevokedKeyIsNoticedByItself) {
  World world;
  ApiKeys keys = read_keys(world.disk, "desk/api-keys").value();
  ASSERT_TRUE(keys.revoke(keys.keys()[0].id, world.clock.now()).has_value());
  ASSERT_TRUE(write_keys(world.disk, "desk/api-keys", keys).has_value());
  EXPECT_EQ(world.ask("GET", "/v1/policy").status, 200);
  world.clock.advance(KeyRing::look_every_ms);
  world.server->turn(world.network.wait(0));
  EXPECT_EQ(world.looks.size(), 1u);
  EXPECT_EQ(world.ask("GET", "/v1/policy").status, 401);
}

// Keys that people made at the desk stand beside those of the file: a set replaces the one before it whole.
TEST(Api, KeysOfTheDatabaseOpenAndTheirEndIsTheNextRequest) {
  World world;
  sim::SimRandom random(11);
  ApiKeys maker;
  const auto made =
      maker.create(random, world.clock.now(), "desk-made", static_cast<Scopes>(Scope::read), core::hour_ms)
          .value();
  EXPECT_EQ(world.ask("GET", "/v1/policy", "", {}, made.secret).status, 401);
  world.ring.take_over({made.key});
  EXPECT_EQ(world.ask("GET", "/v1/policy", "", {}, made.secret).status, 200);
  EXPECT_EQ(world.ask("GET", "/metrics", "", {}, made.secret).status, 403);
  EXPECT_EQ(world.ask("GET", "/v1/policy").status, 200) << "the file's key goes on";
  world.ring.take_over({});
  EXPECT_EQ(world.ask("GET", "/v1/policy", "", {}, made.secret).status, 401);
  world.ring.take_over({made.key});
  world.clock.advance(core::hour_ms);
  EXPECT_EQ(world.ask("GET", "/v1/policy", "", {}, made.secret).status, 401) << "expired";
}

TEST(Api, FaultsComeAllAtOnceAndChangeNothing) {
  World world;
  const std::uint64_t before = world.pipeline->last_durable().value;
  const sim::HttpReply reply = world.ask(
      "POST", "/v1/decisions", R"({"id":"a","amount":"5","currency":"CNY","card":{"cvv":"123"},"time":"x"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(type_of_problem(reply), "invalid-event");
  for (const std::string_view part :
       {"\"/amount\"", "\"/card/cvv\"", "\"/time\"", "\"remedy\"", "\"denied\""})
    EXPECT_NE(reply.body.find(part), std::string::npos) << part;
  EXPECT_EQ(world.ask("POST", "/v1/decisions", "{").status, 400);
  EXPECT_EQ(world.ask("POST", "/v1/decisions", "").status, 400);
  EXPECT_EQ(world.pipeline->last_durable().value, before);
}

// One that asks for single decisions meanwhile is answered in the turn of its request, and a second batch is
// not kept waiting by the first.
TEST(Api, BodiesHaveBounds) {
  World world;
  const std::string event = World::event("a");
  EXPECT_EQ(world
                .ask("POST", "/v1/decisions",
                     event + std::string(core::limits::http_body_bytes_max - event.size(), ' '))
                .status,
            200);
  EXPECT_EQ(world
                .ask("POST", "/v1/decisions",
                     event + std::string(core::limits::http_body_bytes_max + 1 - event.size(), ' '))
                .status,
            413);
  EXPECT_EQ(world.ask("POST", "/v1/decisions", event, {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(
      world.ask("POST", "/v1/decisions", event, {{"Content-Type", "application/json; charset=utf-8"}}).status,
      200);
}

TEST(Api, TheFeedShowsDecisionsInOrder) {
  World world;
  for (const std::string_view id : {"a", "b", "c"}) world.decide(id);
  world.ask("POST", "/v1/events",
            R"({"id":"l","kind":"label","label":{"type":"complaint"},"tx":{"original_id":"a"}})");
  const sim::HttpReply page = world.ask("GET", "/v1/decisions?limit=2");
  ASSERT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("\"request_id\":\"b\""), std::string::npos);
  EXPECT_EQ(page.body.find("\"request_id\":\"c\""), std::string::npos);
  const sim::HttpReply rest = world.ask("GET", "/v1/decisions?after=" + text_at(page.body, {"next"}));
  EXPECT_NE(rest.body.find("\"request_id\":\"c\""), std::string::npos);
  EXPECT_EQ(text_at(rest.body, {"next"}), std::to_string(world.pipeline->last_durable().value));
  EXPECT_EQ(world.ask("GET", "/v1/decisions?after=999999").status, 400);
  for (const std::string_view bad : {"limit=0", "limit=1001", "after=-1", "after=x", "limit=", "unknown=1",
                                     "limit=1&limit=2", "request_id=a&limit=1", "request_id=", "after=%zz"})
    EXPECT_EQ(world.ask("GET", "/v1/decisions?" + std::string(bad)).status, 400) << bad;
  EXPECT_EQ(world.ask("GET", "/v1/decisions?limit=1000").status, 200);
}

TEST(Api, ADecisionByTheCallersId) {
  World world;
  const sim::HttpReply made = world.decide("a");
  const sim::HttpReply found = world.ask("GET", "/v1/decisions?request_id=a");
  EXPECT_EQ(found.status, 200);
  EXPECT_NE(found.body.find(made.body), std::string::npos);
  EXPECT_EQ(world.ask("GET", "/v1/decisions?request_id=b").status, 404);
  const std::string other = world.make_key("other", "decide");
  ASSERT_TRUE(world.ring.read().has_value());
  EXPECT_EQ(world.ask("GET", "/v1/decisions?request_id=a", "", {}, other).status, 404)
      << "ids are a client's own";
  EXPECT_EQ(world.ask("GET", "/v1/decisions", "", {}, other).status, 403);
}

TEST(Api, WhatIsNotThere) {
  World world;
  for (const std::string_view path :
       {"/", "/v2/decisions", "/v1/decisions/x", "/v1/decisions/dec_00000000000000ff",
        "/v1/decisions/dec_0000000000000000"})
    EXPECT_EQ(world.ask("GET", path).status, 404) << path;
  const sim::HttpReply wrong = world.ask("DELETE", "/v1/decisions");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.field("Allow"), "POST, GET, HEAD");
}

TEST(Api, EventsOfOtherKinds) {
  World world;
  world.decide("a");
  const std::string label = R"({"id":"l1","kind":"label","label":{"fraud":true},"tx":{"original_id":"a"}})";
  const sim::HttpReply receipt = world.ask("POST", "/v1/events", label);
  ASSERT_EQ(receipt.status, 200) << receipt.body;
  EXPECT_EQ(text_at(receipt.body, {"kind"}), "label");
  const sim::HttpReply again = world.ask("POST", "/v1/events", label);
  EXPECT_EQ(again.field("Tillwatch-Repeated"), "true");
  EXPECT_EQ(again.body, receipt.body);
  EXPECT_EQ(world.ask("POST", "/v1/events", World::event("x")).status, 400);
  const std::string lesser = world.make_key("lesser", "events");
  ASSERT_TRUE(world.ring.read().has_value());
  const std::string change =
      R"({"id":"c","kind":"list_change","list":{"name":"n","value":"v","action":"add"}})";
  EXPECT_EQ(world.ask("POST", "/v1/events", change, {}, lesser).status, 403);
  EXPECT_NE(world.ask("POST", "/v1/events", change).status, 403);
}

TEST(Api, DeadlinesAreDefinite) {
  World world;
  const std::uint64_t before = world.pipeline->last_durable().value;
  // The request arrives, and the turn in which it would be decided ends too late.
  http::RequestHead head;
  head.method = http::Method::post;
  head.target = "/v1/decisions";
  head.fields.add("Authorization", "Bearer " + world.secret);
  head.fields.add("Tillwatch-Deadline-Ms", "50");
  world.handler->on_request({{}, 0}, {0, head, World::event("a"), world.clock.monotonic_ms()});
  world.clock.advance(50);
  world.handler->on_turn_end();
  EXPECT_EQ(world.handler->counters().deadlines_passed, 1u);
  EXPECT_EQ(world.pipeline->last_durable().value, before);
  world.handler->on_request({{}, 0}, {0, head, World::event("a"), world.clock.monotonic_ms()});
  world.clock.advance(49);
  world.handler->on_turn_end();
  EXPECT_EQ(world.handler->counters().deadlines_passed, 1u);
  EXPECT_GT(world.pipeline->last_durable().value, before);
  for (const std::string bad : {"0", "60001", "x", "-5", "1.5"})
    EXPECT_EQ(world.decide("b", "", {{"Tillwatch-Deadline-Ms", bad}}).status, 400) << bad;
  EXPECT_EQ(world.decide("b", "", {{"Tillwatch-Deadline-Ms", "60000"}}).status, 200);
}

TEST(Api, PolicyMetricsHealthAndContract) {
  World world;
  world.decide("a");
  world.decide("a");
  const sim::HttpReply policy = world.ask("GET", "/v1/policy");
  EXPECT_EQ(text_at(policy.body, {"name"}), "desk");
  EXPECT_EQ(text_at(policy.body, {"rules", "", "id"}), "T07-repetition");
  const std::string metrics = world.ask("GET", "/metrics").body;
  for (const std::string_view line :
       {"tillwatch_http_answers_total{operation=\"decide\",status=\"200\"} 2\n",
        "tillwatch_repeated_total 1\n", "tillwatch_decide_seconds_count 2\n",
        "tillwatch_undocumented_answers_total 0\n", "tillwatch_log_caught_total 0\n"})
    EXPECT_NE(metrics.find(line), std::string::npos) << line << metrics;
  EXPECT_EQ(text_at(world.ask("GET", "/health/ready").body, {"status"}), "ready");
  const sim::HttpReply contract = world.ask("GET", "/openapi.json");
  EXPECT_EQ(text_at(contract.body.substr(0, contract.body.find(",\"info\"")) + "}", {"openapi"}), "3.1.0");
  EXPECT_EQ(world.ask("HEAD", "/health/live").body, "");
}

TEST(Api, AFailedSyncIsToldAsUnknownAndStopsTheServer) {
  World world;
  world.decide("a");
  world.disk.fail_calls(world.disk.calls() + 1, 1'000'000);
  const sim::HttpReply unknown = world.decide("b");
  EXPECT_EQ(unknown.status, 500) << unknown.body;
  EXPECT_EQ(type_of_problem(unknown), "outcome-unknown");
  EXPECT_TRUE(world.handler->dead());
  EXPECT_NE(world.logged.find("journal_failed"), std::string::npos);
  for (int i = 0; i < 50 && !world.server->stopped(); ++i) {
    world.clock.advance(1000);
    world.server->turn(world.network.wait(0));
  }
  EXPECT_TRUE(world.server->stopped());
}

TEST(Api, TheNumberIsInNoAnswerLogOrFile) {
  World world;
  const std::string digits(card);
  world.decide("a");
  world.decide(digits);
  world.ask("GET", "/v1/decisions/" + digits);
  world.ask("GET", "/v1/decisions?request_id=" + digits);
  world.ask("GET", "/v1/decisions?" + digits + "=" + digits);
  world.ask("GET", "/" + digits);
  world.ask("POST", "/v1/decisions", digits);
  world.ask("POST", "/v1/decisions", "{\"" + digits + "\":", {{"X-Card", digits}});
  world.ask("POST", "/v1/decisions", World::event("b"), {{"Tillwatch-Deadline-Ms", digits}});
  world.ask("POST", "/v1/decisions:batch", World::event("c") + "\n" + digits + "\n");
  world.ask("POST", "/v1/events", R"({"id":"e","kind":")" + digits + "\"}");
  world.ask("POST", "/v1/decisions", World::event("d"), {{"Content-Type", digits}});
  world.ask("GET", "/metrics");
  EXPECT_EQ(world.all_received.find(digits), std::string::npos);
  EXPECT_EQ(world.logged.find(digits), std::string::npos);
  for (const std::string& path : world.disk.paths())
    EXPECT_EQ(world.disk.contents(path).find(digits), std::string::npos) << path;
  EXPECT_EQ(world.handler->counters().undocumented, 0u);
}

}  // namespace
}  // namespace tillwatch::api
