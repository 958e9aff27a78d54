// Signing in, arriving and changing a password while passwords are hashed elsewhere: the answer comes with
// the hash, what changed meanwhile counts, and a full queue turns people away before their try is counted.
#include "desk/access_routes_fixture.h"

namespace tillwatch::desk {
namespace {

// Holds what it was given until the test lets it go.
class HeldQueue final : public access::HashQueue {
 public:
  bool room() override { return jobs_.size() < access::hash_jobs_max; }
  std::optional<std::uint64_t> put(access::HashJob job) override {
    if (!room()) return std::nullopt;
    jobs_.emplace(next_, std::move(job));
    return next_++;
  }
  std::optional<access::HashOutcome> take(std::uint64_t ticket) override {
    const auto found = jobs_.find(ticket);
    if (held || found == jobs_.end()) return std::nullopt;
    const access::HashOutcome outcome = access::hashed(hash_, found->second);
    jobs_.erase(found);
    return outcome;
  }
  void drop(std::uint64_t ticket) override { jobs_.erase(ticket); }
  std::size_t open() const { return jobs_.size(); }
  bool held = false;

 private:
  PlainHash hash_;
  std::map<std::uint64_t, access::HashJob> jobs_;
  std::uint64_t next_ = 1;
};

class HashQueueTest : public AccessRoutesTest {
 protected:
  static std::string wish(std::string_view name, std::string_view password) {
    return "{\"name\":\"" + std::string(name) + "\",\"password\":\"" + std::string(password) + "\"}";
  }
  static std::string arrival(std::string_view token) {
    return "{\"token\":\"" + std::string(token) + "\",\"password\":\"" + std::string(good_password) +
           R"(","sign_in":"owner","shown_name":"Chen","language":"zh"})";
  }
  static std::string change(std::string_view present) {
    return "{\"password\":\"" + std::string(present) + "\",\"new_password\":\"" + std::string(next_password) +
           "\"}";
  }
  void hash_elsewhere() {
    parts_.queue = &queue_;
    hash_.elsewhere = true;
  }
  // A request of a browser that is answered later, and its answer.
  sim::SimPeer& begin(const Browser& browser, std::string_view target, std::string_view body) {
    std::string cookies;
    for (const auto& [name, value] : browser.cookies)
      cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
    std::string request = "POST " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1:8090\r\n";
    if (!cookies.empty()) request += "Cookie: " + cookies + "\r\n";
    if (!browser.csrf.empty()) request += "Tillwatch-Csrf: " + browser.csrf + "\r\n";
    request +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    queue_.held = true;
    sim::SimPeer& peer = world_.network.connect(world_.port).send(request.append(body));
    for (int i = 0; i < 5; ++i) world_.server->turn(world_.network.wait(0));
    EXPECT_EQ(queue_.open(), 1u) << peer.received();
    EXPECT_TRUE(peer.received().empty()) << peer.received();
    return peer;
  }
  int status_of(sim::SimPeer& peer) {
    queue_.held = false;
    for (int i = 0; i < 5; ++i) world_.server->turn(world_.network.wait(0));
    std::string bytes = peer.received();
    const auto reply = sim::take_reply(bytes, false);
    return reply ? reply->status : 0;
  }
  std::string stored() {
    return std::string(db_.query("select password from access_account").value()[0].text(0));
  }
  std::int64_t tries() { return db_.query("select count(*) from access_try").value()[0].integer(0); }
  static constexpr std::string_view next_password = "eleven copper kettles sing";
  HeldQueue queue_;
};
INSTANTIATE_TEST_SUITE_P(Engines, HashQueueTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(HashQueueTest, TheAnswerComesWithTheHash) {
  Browser owner, other;
  make_owner(owner);
  parts_.queue = &queue_;
  EXPECT_EQ(text_of(ask(other, "POST", "/desk/sessions", wish("owner", good_password)), "state"),
            "factor_needed");
  EXPECT_EQ(ask(other, "POST", "/desk/sessions", wish("owner", "open sesame, please")).status, 401);
  EXPECT_EQ(ask(other, "POST", "/desk/sessions", wish("nobody", good_password)).status, 401);
  EXPECT_EQ(queue_.open(), 0u);
}

TEST_P(HashQueueTest, WhatIsNotDoneInTimeIsGivenUpAndForgotten) {
  Browser owner, other;
  make_owner(owner);
  parts_.queue = &queue_;
  queue_.held = true;
  const auto late = ask(other, "POST", "/desk/sessions", wish("owner", good_password));
  EXPECT_EQ(late.status, 503);
  EXPECT_EQ(late.field("Retry-After"), "1");
  EXPECT_EQ(queue_.open(), 0u);
}

TEST_P(HashQueueTest, AFullQueueTurnsAwayBeforeATryIsCounted) {
  Browser owner, other;
  make_owner(owner);
  parts_.queue = &queue_;
  queue_.held = true;
  for (std::size_t i = 0; i < access::hash_jobs_max; ++i) EXPECT_TRUE(queue_.put({"", "x"})) << i;
  EXPECT_FALSE(queue_.put({"", "x"}));
  const std::int64_t before = tries();
  const auto away = ask(other, "POST", "/desk/sessions", wish("owner", good_password));
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(kind_of(away), "unavailable");
  EXPECT_EQ(tries(), before);
}

TEST_P(HashQueueTest, AnArrivalIsHashedThereToo) {
  hash_elsewhere();
  Browser owner;
  EXPECT_EQ(status_of(begin(owner, "/desk/first-run", arrival(link(access::Purpose::owner)))), 200);
  EXPECT_EQ(stored(), "of " + std::string(good_password));
  EXPECT_EQ(queue_.open(), 0u);
}

TEST_P(HashQueueTest, ALinkIsUsedWithTheHashAndNotBefore) {
  hash_elsewhere();
  Browser owner, thief;
  const std::string token = link(access::Purpose::owner);
  queue_.held = true;
  EXPECT_EQ(ask(owner, "POST", "/desk/first-run", arrival(token)).status, 503) << "it took too long";
  EXPECT_EQ(queue_.open(), 0u);
  sim::SimPeer& late = begin(owner, "/desk/first-run", arrival(token));
  queue_.held = false;
  EXPECT_EQ(ask(thief, "POST", "/desk/first-run", arrival(token)).status, 404) << "the other one was faster";
  EXPECT_EQ(status_of(late), 200);
  EXPECT_EQ(ask(owner, "POST", "/desk/first-run", arrival(token)).status, 404) << "once";
}

TEST_P(HashQueueTest, WhoeverIsDisabledWhileHeArrivesDoesNot) {
  Browser owner, colleague;
  const std::string seed = make_owner(owner);
  step_up(owner, seed);
  const auto made = ask(owner, "POST", "/desk/accounts",
                        R"({"sign_in":"ling","shown_name":"Li","roles":[{"role":"desk","agent":"*"}]})");
  ASSERT_EQ(made.status, 201) << made.body;
  hash_elsewhere();
  sim::SimPeer& late = begin(colleague, "/desk/first-run", arrival(text_of(made, "token")));
  ASSERT_TRUE(db_.execute("update access_account set state = 'disabled' where sign_in = 'ling'"));
  EXPECT_EQ(status_of(late), 404);
}

TEST_P(HashQueueTest, AChangeOfPasswordIsHashedThereToo) {
  Browser owner;
  make_owner(owner);
  hash_elsewhere();
  EXPECT_EQ(status_of(begin(owner, "/desk/account/password", change("not this one, surely"))), 422);
  EXPECT_EQ(stored(), "of " + std::string(good_password));
  EXPECT_EQ(status_of(begin(owner, "/desk/account/password", change(good_password))), 204);
  EXPECT_EQ(stored(), "of " + std::string(next_password));
  queue_.held = true;
  EXPECT_EQ(ask(owner, "POST", "/desk/account/password", change(next_password)).status, 503);
  EXPECT_EQ(stored(), "of " + std::string(next_password));
}

TEST_P(HashQueueTest, WhatEndsMeanwhileKeepsThePassword) {
  Browser owner;
  make_owner(owner);
  hash_elsewhere();
  sim::SimPeer& other = begin(owner, "/desk/account/password", change(good_password));
  ASSERT_TRUE(db_.execute("update access_account set password = 'of another one'"));
  EXPECT_EQ(status_of(other), 422) << "the password that was compared is not the present one any more";
  ASSERT_TRUE(db_.execute("update access_account set password = $1", {"of " + std::string(good_password)}));
  sim::SimPeer& late = begin(owner, "/desk/account/password", change(good_password));
  ASSERT_TRUE(db_.execute("update access_session set ended_at = $1", {world_.clock.now()}));
  EXPECT_EQ(status_of(late), 401);
  EXPECT_EQ(stored(), "of " + std::string(good_password));
}

TEST_P(HashQueueTest, AFullQueueTurnsNewPasswordsAway) {
  Browser owner, guest;
  make_owner(owner);
  hash_elsewhere();
  queue_.held = true;
  for (std::size_t i = 0; i < access::hash_jobs_max; ++i) EXPECT_TRUE(queue_.put({"", "x"})) << i;
  const std::int64_t before = tries();
  EXPECT_EQ(ask(owner, "POST", "/desk/account/password", change(good_password)).status, 503);
  EXPECT_EQ(ask(guest, "POST", "/desk/first-run", arrival("0")).status, 503);
  EXPECT_EQ(tries(), before);
  EXPECT_EQ(queue_.open(), access::hash_jobs_max);
}

TEST_P(HashQueueTest, APasswordThatChangesMeanwhileIsRefused) {
  Browser owner;
  make_owner(owner);
  const auto begun =
      access::begin_sign_in(db_, parts_, "owner", good_password, "", {"1.2.3.4", "x", ""}, 0).value();
  ASSERT_FALSE(begun.over);
  ASSERT_TRUE(
      db_.execute("update access_account set password = 'of another one' where id = $1", {begun.account}));
  const auto result = access::end_sign_in(db_, parts_, begun, {true, ""}, world_.clock.now()).value();
  EXPECT_EQ(result.kind, access::SignInResult::Kind::refused);
}

}  // namespace
}  // namespace tillwatch::desk
