// The live stream: what fired, once and in order, to whoever may see it; resumed, bounded, and over when the
// session is.
#include <gtest/gtest.h>

#include "core/office_limits.h"
#include "crypto/data_keys.h"
#include "desk/decision_routes.h"
#include "desk/desk_fixture.h"
#include "registry/registry.h"

namespace tillwatch::desk {
namespace {

class MovingTerritory final : public Territory {
 public:
  core::Result<registry::Scope> scope_of(sql::Connection&, core::TimeMs, const Caller&,
                                         std::string_view) override {
    return scope;
  }
  registry::Scope scope = registry::Scope::everything();
};

// Ends sessions without a request.
class LeavingAuthenticator final : public Authenticator {
 public:
  core::Status identify(sql::Connection&, core::TimeMs, Caller& caller) override {
    caller.account = caller.cookie;
    caller.session = "ses";
    caller.signed_in = !caller.cookie.empty();
    return {};
  }
  core::Status permit(sql::Connection&, core::TimeMs, const Caller&, std::string_view) override { return {}; }
  core::Status still(sql::Connection&, core::TimeMs, const Caller& caller, std::string_view right) override {
    EXPECT_EQ(right, "decisions.read");
    EXPECT_EQ(caller.cookie, "") << "the secret is not kept";
    ++asked;
    if (there) return {};
    return core::fail(core::ErrorCode::denied, "", "gone");
  }
  bool there = true;
  int asked = 0;
};

class DecisionStreamTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  DecisionStreamTest() {
    add_decision_stream(desk_.routes, {&territory_, nullptr});
    desk_.who = &people_;
    desk_.open();
  }
  void fire(std::int64_t sequence, std::string_view merchant = "M1", bool fired = true) {
    ASSERT_TRUE(db_.execute(
        "insert into decision (sequence, admitted_at, event_time, kind, merchant, authorisation, settlement,"
        " subject, asked_authorisation, asked_settlement, asked_subject, severity, score_ppm, fired) values"
        " ($1, $1, 5, 'transaction', $2, 0, 0, 0, 2, 0, 0, 0, 0, $3)",
        {sequence, merchant, std::int64_t{fired ? 1 : 0}}));
    desk_.handler->on_moved();
  }
  void fire_many(std::int64_t first, std::int64_t last) {
    auto transaction = sql::Transaction::begin(db_).value();
    for (std::int64_t i = first; i <= last; ++i) fire(i);
    ASSERT_TRUE(transaction.commit());
  }
  // A page that listens.
  struct Page {
    sim::SimPeer& peer;
    std::size_t seen = 0;
    // What came since the last call.
    std::string received() {
      std::string fresh = peer.received().substr(seen);
      seen += fresh.size();
      return fresh;
    }
  };
  Page open(const std::string& target = "/desk/stream", const std::string& account = "acc_1",
            const std::string& more = "") {
    sim::SimPeer& peer = desk_.network.connect(desk_.port)
                             .send("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:8090\r\nCookie: " +
                                   std::string(session_cookie) + "=" + account + "\r\n" + more + "\r\n");
    turns(5);
    return {peer};
  }
  void turns(int count = 3, core::DurationMs each = 0) {
    for (int i = 0; i < count; ++i) {
      if (each > 0) desk_.clock.advance(each);
      desk_.server->turn(desk_.network.wait(0));
    }
  }
  // The events that came, as "decision 7".
  static std::vector<std::string> events(const std::string& bytes) {
    std::vector<std::string> all;
    for (std::size_t at = 0; (at = bytes.find("event: ", at)) != std::string::npos; ++at) {
      const std::size_t line = bytes.find('\n', at);
      const std::size_t id = bytes.find("id: ", line) + 4;
      all.push_back(bytes.substr(at + 7, line - at - 7) + " " + bytes.substr(id, bytes.find('\n', id) - id));
    }
    return all;
  }
  using Events = std::vector<std::string>;

  MovingTerritory territory_;
  LeavingAuthenticator people_;
  DeskWorld desk_{GetParam()};
  sql::Connection& db_ = desk_.store.connection();
};
INSTANTIATE_TEST_SUITE_P(Engines, DecisionStreamTest, ::testing::ValuesIn(sql::test_engines()),
                         sql::engine_name);

TEST_P(DecisionStreamTest, WhatFiredComesOnceAndInOrder) {
  fire(3);
  Page page = open();
  const std::string begun = page.received();
  EXPECT_NE(begun.find("Content-Type: text/event-stream"), std::string::npos) << begun;
  EXPECT_NE(begun.find("Cache-Control: no-store"), std::string::npos);
  EXPECT_NE(begun.find("retry: 3000\n"), std::string::npos);
  EXPECT_EQ(events(begun), (Events{"begin 3"}));
  fire(4);
  fire(5, "M1", false);
  fire(6);
  turns();
  const std::string came = page.received();
  EXPECT_EQ(events(came), (Events{"decision 4", "decision 6"}));
  EXPECT_NE(came.find(R"(data: {"id":"dec_)"), std::string::npos) << came;
  turns(5);
  desk_.handler->on_moved();
  turns(5);
  EXPECT_EQ(page.received(), "");
  fire_many(7, 206);
  std::string all;
  for (int i = 0; i < 10; ++i) {
    turns(1);
    all += page.received();
  }
  ASSERT_EQ(events(all).size(), 200u) << "more than one turn looks at";
  EXPECT_EQ(events(all).back(), "decision 206");
}

TEST_P(DecisionStreamTest, AReaderWhoComesBackGoesOnWhereHeStood) {
  for (std::int64_t i = 1; i <= 9; ++i) fire(i);
  EXPECT_EQ(events(open("/desk/stream?after=7").received()), (Events{"begin 7", "decision 8", "decision 9"}));
  EXPECT_EQ(events(open("/desk/stream?after=1", "acc_1", "Last-Event-ID: 8\r\n").received()),
            (Events{"begin 8", "decision 9"}));
  EXPECT_EQ(events(open("/desk/stream", "acc_1", "Last-Event-ID: nonsense\r\n").received()),
            (Events{"begin 9"}));
  EXPECT_NE(open("/desk/stream?after=-1").received().find("400 Bad Request"), std::string::npos);
}

TEST_P(DecisionStreamTest, WhoWasAwayForLongIsToldWhatIsLeftOut) {
  fire_many(1, 520);
  Page page = open("/desk/stream?after=5");
  std::string all = page.received();
  for (int i = 0; i < 40; ++i) {
    turns(1);
    all += page.received();
  }
  const std::vector<std::string> came = events(all);
  ASSERT_EQ(came.size(), 502u);
  EXPECT_EQ(came[1], "gap 20");
  EXPECT_NE(all.find(R"(data: {"after":5,"before":21})"), std::string::npos);
  EXPECT_EQ(came[2], "decision 21");
  EXPECT_EQ(came.back(), "decision 520");
}

TEST_P(DecisionStreamTest, NothingOfOtherPeoplesMerchants) {
  sim::SimRandom random{3};
  const crypto::DataKeys keys = crypto::DataKeys::generate(random, 0);
  registry::Registry registry(keys, random);
  const registry::Scope everything = registry::Scope::everything();
  const registry::Author author{"test", everything, 5};
  auto transaction = sql::Transaction::begin(db_).value();
  registry::Wish agent, channel, shop;
  agent.fields = {{"name", std::string("North")}};
  const std::string north = registry.create(db_, author, registry::Entity::agent, agent)->id;
  channel.id = "leshua";
  channel.fields = {{"name", std::string("Leshua")}};
  registry.create(db_, author, registry::Entity::channel, channel).value();
  shop.fields = {{"name", std::string("Shop")}, {"agent", north}};
  shop.numbers = {{"leshua", std::string("N1")}};
  registry.create(db_, author, registry::Entity::merchant, shop).value();
  ASSERT_TRUE(transaction.commit());
  territory_.scope = registry::Scope::under({north});
  Page page = open();
  static_cast<void>(page.received());
  fire(1, "S1");
  fire(2, "N1");
  fire(3, "S1");
  turns();
  const std::string came = page.received();
  EXPECT_EQ(events(came), (Events{"decision 2"}));
  EXPECT_EQ(came.find("S1"), std::string::npos);
  territory_.scope = registry::Scope::under({});
  turns(2, 11'000);
  fire(4, "N1");
  turns(3, 1'000);
  EXPECT_EQ(events(page.received()), Events{}) << "his part was taken from him while the page was open";
}

TEST_P(DecisionStreamTest, ItBeatsAndEndsWithTheSession) {
  Page page = open();
  static_cast<void>(page.received());
  turns(16, 1'000);
  EXPECT_NE(page.received().find(":\n\n"), std::string::npos);
  EXPECT_GE(people_.asked, 1);
  EXPECT_EQ(desk_.handler->streams(), 1u);
  people_.there = false;
  turns(11, 1'000);
  EXPECT_EQ(desk_.handler->streams(), 0u);
  EXPECT_NE(page.received().find("0\r\n\r\n"), std::string::npos) << "ended as HTTP says";
  fire(9);
  turns();
  EXPECT_EQ(page.received().find("decision"), std::string::npos);
}

TEST_P(DecisionStreamTest, ItEndsAfterAQuarterOfAnHourAndWhenItsReaderGoes) {
  open();
  turns(16 * 60, 1'000);
  EXPECT_EQ(desk_.handler->streams(), 0u);
  Page page = open();
  EXPECT_EQ(desk_.handler->streams(), 1u);
  page.peer.cut();
  turns(5);
  EXPECT_EQ(desk_.handler->streams(), 0u);
}

TEST_P(DecisionStreamTest, ThereAreOnlySoMany) {
  for (std::size_t i = 0; i < core::limits::streams_of_account_max; ++i)
    EXPECT_NE(open().received().find("200 OK"), std::string::npos);
  const std::string refused = open().received();
  EXPECT_NE(refused.find("429 "), std::string::npos) << refused;
  EXPECT_NE(refused.find("Retry-After: 10"), std::string::npos);
  for (std::size_t i = core::limits::streams_of_account_max; i < core::limits::streams_max; ++i)
    EXPECT_NE(open("/desk/stream", "acc_o" + std::to_string(i)).received().find("200 OK"), std::string::npos);
  EXPECT_NE(open("/desk/stream", "acc_last").received().find("429 "), std::string::npos);
  EXPECT_EQ(desk_.handler->streams(), core::limits::streams_max);
}

TEST_P(DecisionStreamTest, ASlowReaderHoldsNothingInMemory) {
  Page page = open();
  static_cast<void>(page.received());
  page.peer.set_window(1000);
  fire_many(1, 1500);
  turns(200);
  std::string all;
  for (int i = 0; i < 400; ++i) {
    page.peer.set_window(64 * 1024).read(64 * 1024);
    turns(1);
    all += page.received();
  }
  ASSERT_EQ(events(all).size(), 1500u);
  EXPECT_EQ(events(all).back(), "decision 1500");
}

}  // namespace
}  // namespace tillwatch::desk
