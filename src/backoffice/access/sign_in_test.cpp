// Signing in: the way of an owner, and what a guesser reaches.
#include "access/sign_in.h"

#include <gtest/gtest.h>

#include <vector>

#include "access/access_fixture.h"
#include "access/actor.h"
#include "access/dormancy.h"
#include "access/invitation.h"
#include "access/tries.h"
#include "sim/long_mode.h"

namespace tillwatch::access {
namespace {

using Kind = SignInResult::Kind;

class SignIn : public AccessTest {
 protected:
  std::int64_t refusals() {
    return db_.query("select count(*) from outbox where kind = 'sign_in.refused'").value()[0].integer(0);
  }
  static AccountChange state_of(std::string_view state) {
    AccountChange change;
    change.state = state;
    return change;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, SignIn, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(SignIn, TheFirstOwnerArrivesByALinkAndEnrols) {
  const std::string link =
      in_transaction([&] { return invite(db_, parts_, Purpose::owner, "", "", now_); }).value();
  Arrival arrival{link, "Chen.Wei", "陈伟", "zh", "too short"};
  EXPECT_EQ(arrive(db_, parts_, arrival, {"127.0.0.1", "b", ""}, now_).error().where, "/password");
  arrival.password = password;
  const SignInResult arrived = arrive(db_, parts_, arrival, {"127.0.0.1", "b", ""}, now_).value();
  EXPECT_EQ(arrived.kind, Kind::enrol_factor);
  EXPECT_EQ(arrive(db_, parts_, arrival, {"127.0.0.1", "b", ""}, now_).error().code,
            core::ErrorCode::not_found)
      << "a link works once";
  const Session session = find_session(db_, arrived.opened->secret, now_).value().value();
  EXPECT_EQ(session.state, "enrol_factor");
  const Account owner = find_by_sign_in(db_, parts_, "chen.wei").value().value();
  EXPECT_EQ(owner.shown_name, "陈伟");
  EXPECT_EQ(owner.state, "active");
  EXPECT_TRUE(Actor::of(db_, owner.id).value().may("accounts.manage"));

  const std::string seed = enrol(owner.id);
  EXPECT_EQ(try_password("chen.wei", password)->kind, Kind::factor_needed);
  const Session half =
      find_session(db_, try_password("chen.wei", password)->opened->secret, now_).value().value();
  EXPECT_EQ(show_factor(db_, parts_, half, "000000", "", now_)->kind, Kind::refused);
  const std::string digits = totp(seed, totp_step(now_));
  const SignInResult in = show_factor(db_, parts_, half, digits, "", now_).value();
  EXPECT_EQ(in.kind, Kind::signed_in);
  EXPECT_NE(in.device_secret, "");
  EXPECT_EQ(find_session(db_, in.opened->secret, now_).value()->state, "signed_in");
  EXPECT_EQ(show_factor(db_, parts_, half, digits, "", now_)->kind, Kind::refused) << "digits count once";
  // A second link for an owner is worth nothing once there is an account.
  const std::string late =
      in_transaction([&] { return invite(db_, parts_, Purpose::owner, "", "", now_); }).value();
  EXPECT_FALSE(
      arrive(db_, parts_, {late, "eve", "Eve", "en", std::string(password)}, {"1.1.1.1", "", ""}, now_));
}

TEST_P(SignIn, SessionsEndWhenIdleWhenOldAndWithTheirAccount) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string other = account("other", {{"desk", "*"}});
  const auto open = [&] {
    return in_transaction([&] { return open_session(db_, parts_, other, "signed_in", {"a", "b", ""}, now_); })
        .value();
  };
  const std::string idle = open().secret;
  EXPECT_TRUE(find_session(db_, idle, now_ + session_idle_ms_max - 1).value());
  EXPECT_FALSE(find_session(db_, idle, now_ + 2 * session_idle_ms_max).value());
  const std::string used = open().secret;
  const core::TimeMs begun = now_;
  for (; now_ < begun + session_ms_max; now_ += 10 * core::minute_ms)
    EXPECT_TRUE(find_session(db_, used, now_).value());
  EXPECT_FALSE(find_session(db_, used, now_).value());
  const std::string ended = open().secret;
  const auto changed = in_transaction(
      [&] { return change_account(db_, parts_, other, 1, state_of("disabled"), owner, now_); });
  EXPECT_TRUE(changed) << changed.error().to_string();
  EXPECT_FALSE(find_session(db_, ended, now_).value());
  EXPECT_EQ(try_password("other", password)->kind, Kind::refused);
}

TEST_P(SignIn, WhoeverStaysAwayForNinetyDaysIsLetInByAnother) {
  const std::string owner = account("owner", {{"owner", "*"}});
  account("away", {{"desk", "*"}});
  now_ += dormant_after_ms;
  EXPECT_EQ(try_password("away", password)->kind, Kind::enrol_factor);
  now_ += 1;
  EXPECT_EQ(try_password("away", password)->kind, Kind::refused);
  const Account away = find_by_sign_in(db_, parts_, "away").value().value();
  EXPECT_TRUE(in_transaction(
      [&] { return change_account(db_, parts_, away.id, away.version, state_of("active"), owner, now_); }));
  EXPECT_EQ(try_password("away", password)->kind, Kind::enrol_factor);
}

TEST_P(SignIn, RecoveryCodesCountOnceHoweverTheyAreTyped) {
  const std::string owner = account("owner", {{"owner", "*"}});
  enrol(owner);
  const auto codes = in_transaction([&] { return make_recovery_codes(db_, parts_, owner, now_); }).value();
  ASSERT_EQ(codes.size(), recovery_codes);
  const Session half =
      find_session(db_, try_password("owner", password)->opened->secret, now_).value().value();
  std::string typed = codes[3];
  for (char& c : typed) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  EXPECT_EQ(show_factor(db_, parts_, half, "", " " + typed, now_)->kind, Kind::signed_in);
  EXPECT_EQ(show_factor(db_, parts_, half, "", codes[3], now_)->kind, Kind::refused);
  EXPECT_EQ(recovery_codes_left(db_, owner).value(), 9);
  EXPECT_EQ(show_factor(db_, parts_, half, "", "", now_)->kind, Kind::refused);
}

TEST_P(SignIn, UnknownNamesCostTheSameAndGetTheSameAnswer) {
  account("owner", {{"owner", "*"}});
  for (const std::string_view name : {"owner", "nobody"}) {
    const std::int64_t before = hash_.hashed, written = refusals();
    for (int i = 0; i < 12; ++i) {
      const SignInResult result = try_password(name, "wrong wrong wrong").value();
      EXPECT_EQ(result.kind, i < name_tries_max ? Kind::refused : Kind::wait) << name << i;
    }
    EXPECT_EQ(hash_.hashed - before, name_tries_max) << name;
    EXPECT_EQ(refusals() - written, name_tries_max) << name << ": the same is written for both";
  }
}

// A guesser with many networks against one name for a day: at most ten tries reach a hash in any thirty
// minutes, and the owner signs in from his own device at any time. The guesses are many; so are the minutes.
TEST_P(SignIn, GuessesReachAHashTenTimesInThirtyMinutesAndTheOwnerDoesNotNotice) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string seed = enrol(owner);
  const auto signed_in = [&](std::string_view device) {
    const SignInResult half = try_password("owner", password, device).value();
    if (half.kind != Kind::factor_needed) return SignInResult{};
    now_ += 31 * core::second_ms;
    const Session session = find_session(db_, half.opened->secret, now_).value().value();
    return show_factor(db_, parts_, session, totp(seed, totp_step(now_)), "", now_).value();
  };
  const std::string device = signed_in("").device_secret;
  ASSERT_NE(device, "");
  const std::int64_t guesses = sim::long_mode() && GetParam() == sql::Dialect::sqlite ? 1'000'000 : 20'000;
  const core::DurationMs pause = core::day_ms / guesses;
  std::vector<core::TimeMs> reached;
  std::int64_t victim_tries = 0;
  std::int64_t victim_got_in = 0;
  for (std::int64_t i = 0; i < guesses; ++i, now_ += pause) {
    const std::string address = std::to_string(random_.below(223) + 1) + "." +
                                std::to_string(random_.below(256)) + "." +
                                std::to_string(random_.below(256)) + ".9";
    const std::int64_t before = hash_.hashed;
    EXPECT_NE(try_password("owner", "guess " + std::to_string(i), "", address)->kind, Kind::factor_needed);
    if (hash_.hashed != before) reached.push_back(now_);
    if (i % (guesses / 40) == 0) {
      ++victim_tries;
      victim_got_in += signed_in(device).kind == Kind::signed_in;
    }
  }
  for (std::size_t i = 10; i < reached.size(); ++i)
    ASSERT_GE(reached[i] - reached[i - 10], 30 * core::minute_ms) << "try " << i;
  EXPECT_GE(reached.size(), 400u)
      << "a day has 48 half hours: fewer tries mean that the test guessed nothing";
  EXPECT_EQ(victim_got_in, victim_tries);
  // Without his device he is a stranger like the guesser: this is what would lock him out.
  EXPECT_EQ(try_password("owner", password, "")->kind, Kind::wait);
}

// Without a path of its own the owner's device would be locked out with the guesser.
TEST_P(SignIn, AKnownDeviceSignsInWhileTheNameIsGuessedAndTheSwitchShowsThatItMatters) {
#if defined(TILLWATCH_SABOTAGE)
  const std::vector<bool> cases = {false, true};
#else
  const std::vector<bool> cases = {false};
#endif
  for (const bool sabotaged : cases) {
    const std::string name = sabotaged ? "second" : "first";
    const std::string owner = account(name, {{"owner", "*"}});
    const std::string seed = enrol(owner);
    const Session half =
        find_session(db_, try_password(name, password)->opened->secret, now_).value().value();
    const std::string device =
        show_factor(db_, parts_, half, totp(seed, totp_step(now_)), "", now_)->device_secret;
    ASSERT_NE(device, "");
    if (sabotaged) {
      ASSERT_TRUE(parts_.sabotage.set("lock_all"));
    }
    for (std::int64_t i = 0; i < name_tries_max; ++i)
      EXPECT_TRUE(try_password(name, "guess", "", "192.0." + std::to_string(i) + ".1"));
    EXPECT_EQ(try_password(name, "guess")->kind, Kind::wait);
    EXPECT_EQ(try_password(name, password, device)->kind, sabotaged ? Kind::wait : Kind::factor_needed);
  }
}

TEST_P(SignIn, UnusedAccountsAreWarnedAndThenDisabledButNeverTheLastManager) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string away = account("away", {{"desk", "*"}});
  const auto step = [&] { return rest_unused_accounts(db_, now_).value(); };
  now_ += dormant_after_ms - dormant_warning_ms;
  EXPECT_EQ(step().warned, 0) << "at the bound";
  EXPECT_EQ(count_resting_soon(db_, now_)->count, 0);
  EXPECT_FALSE(find_account(db_, parts_, away).value()->dormant_soon(now_));
  now_ += 1;
  EXPECT_EQ(step().warned, 2);
  EXPECT_EQ(count_resting_soon(db_, now_)->count, 2);
  EXPECT_EQ(count_resting_soon(db_, now_)->first_at, now_ - 1 + dormant_warning_ms);
  EXPECT_TRUE(find_account(db_, parts_, away).value()->dormant_soon(now_));
  EXPECT_EQ(step().warned, 0) << "told once";
  const std::string session = in_transaction([&] {
                                return open_session(db_, parts_, away, "signed_in", {"a", "b", ""}, now_);
                              })->secret;
  EXPECT_TRUE(db_.execute("update access_account set seen_at = $2 where id = $1", {away, now_}));
  now_ += dormant_warning_ms;
  EXPECT_EQ(count_resting_soon(db_, now_)->count, 0) << "one came back, one rests already";
  EXPECT_EQ(step().disabled, 0) << "the owner is the last who manages accounts, the other came back";
  EXPECT_EQ(find_account(db_, parts_, owner).value()->state, "active");
  now_ += dormant_after_ms + 1;
  const DormancyStep last = step();
  EXPECT_EQ(last.warned, 1) << "anew, since he had come back";
  EXPECT_EQ(last.disabled, 1);
  EXPECT_EQ(find_account(db_, parts_, away).value()->state, "disabled");
  EXPECT_TRUE(find_account(db_, parts_, away).value()->dormant(now_));
  EXPECT_FALSE(find_account(db_, parts_, away).value()->dormant_soon(now_ - core::day_ms)) << "disabled";
  EXPECT_FALSE(find_session(db_, session, now_).value());
}

TEST_P(SignIn, ANetworkSharesItsTries) {
  for (std::int64_t i = 0; i < network_tries_max + 5; ++i) {
    const std::string name = "name" + std::to_string(i);
    const auto result = try_password(name, "wrong", "", "203.0.113." + std::to_string(i));
    EXPECT_EQ(result->kind, i < network_tries_max ? Kind::refused : Kind::wait) << i;
  }
  EXPECT_EQ(try_password("another", "wrong", "", "203.0.114.1")->kind, Kind::refused);
  EXPECT_EQ(network_bucket("2001:db8:1:2:3::4"), network_bucket("2001:db8:1:2:ffff::1"));
  EXPECT_NE(network_bucket("2001:db8:1:2:3::4"), network_bucket("2001:db8:1:3::4"));
}

}  // namespace
}  // namespace tillwatch::access
