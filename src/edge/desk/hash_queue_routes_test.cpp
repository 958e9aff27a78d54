// Signing in while passwords are hashed elsewhere: the answer comes with the hash, and a full queue turns
// people away before their try is counted.
#include "desk/access_routes_fixture.h"

namespace tillwatch::desk {
namespace {

// Holds what it was given until the test lets it go.
class HeldQueue final : public access::HashQueue {
 public:
  explicit HeldQueue(access::PasswordHash& hash) : hash_(hash) {}
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
  access::PasswordHash& hash_;
  std::map<std::uint64_t, access::HashJob> jobs_;
  std::uint64_t next_ = 1;
};

class HashQueueTest : public AccessRoutesTest {
 protected:
  static std::string wish(std::string_view name, std::string_view password) {
    return "{\"name\":\"" + std::string(name) + "\",\"password\":\"" + std::string(password) + "\"}";
  }
  std::int64_t tries() { return db_.query("select count(*) from access_try").value()[0].integer(0); }
  HeldQueue queue_{hash_};
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
