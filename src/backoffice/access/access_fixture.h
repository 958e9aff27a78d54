// Accounts over an empty store with a clock that stands where a test puts it and a hash that costs nothing
// and counts. Included by the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "access/account.h"
#include "access/factor.h"
#include "access/parts.h"
#include "access/sign_in.h"
#include "access/totp.h"
#include "core/time.h"
#include "sim/sim_random.h"
#include "sql/store_fixture.h"

namespace tillwatch::access {

class CountingHash final : public PasswordHash {
 public:
  core::Result<std::string> make(std::string_view password) override {
    return "hash of " + std::string(password);
  }
  bool matches(std::string_view stored, std::string_view password) override {
    ++hashed;
    return stored == "hash of " + std::string(password);
  }
  bool outdated(std::string_view) override { return false; }
  std::int64_t hashed = 0;
};

class AccessTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  static constexpr std::string_view password = "seven brass anchors rust";

  template <class Work>
  auto in_transaction(Work work) -> decltype(work()) {
    auto transaction = sql::Transaction::begin(db_);
    EXPECT_TRUE(transaction.has_value());
    auto result = work();
    if (result) {
      EXPECT_TRUE(transaction->commit().has_value());
    }
    return result;
  }
  std::string account(std::string_view sign_in, std::vector<std::pair<std::string, std::string>> roles,
                      std::string_view author = "system") {
    NewAccount wish;
    wish.sign_in = sign_in;
    wish.shown_name = "老板 " + std::string(sign_in);
    wish.password = "hash of " + std::string(password);
    for (auto& [role, agent] : roles) wish.grants.push_back({role, agent, "", 0});
    auto made = in_transaction([&] { return create_account(db_, parts_, wish, author, now_); });
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().to_string());
    return made.value_or("");
  }
  // The base-32 seed of an enrolled factor, as octets.
  std::string enrol(std::string_view account) {
    auto begun = in_transaction([&] { return begin_totp(db_, parts_, account, "x", now_); });
    EXPECT_TRUE(begun.has_value());
    const std::string seed = octets_of(begun->secret);
    auto confirmed =
        in_transaction([&] { return confirm_totp(db_, parts_, account, totp(seed, totp_step(now_)), now_); });
    EXPECT_TRUE(confirmed && *confirmed);
    now_ += core::minute_ms;
    return seed;
  }
  core::Result<SignInResult> try_password(std::string_view name, std::string_view given,
                                          std::string_view device = "",
                                          std::string_view address = "198.51.100.7") {
    return sign_in(db_, parts_, name, given, device, {address, "test", ""}, now_);
  }
  static std::string octets_of(std::string_view base32_text) {
    std::string out;
    std::uint64_t bits = 0;
    int held = 0;
    for (const char c : base32_text) {
      bits = (bits << 5) | static_cast<std::uint64_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
      held += 5;
      if (held >= 8) {
        held -= 8;
        out += static_cast<char>((bits >> held) & 0xff);
      }
    }
    return out;
  }

  sql::TestStore store_{GetParam()};
  sql::Connection& db_ = store_.connection();
  sim::SimRandom random_{20261125};
  core::TimeMs now_ = 1'782'864'000'000;
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, now_);
  CountingHash hash_;
  Parts parts_{keys_, random_, hash_, 15};
};

}  // namespace tillwatch::access
