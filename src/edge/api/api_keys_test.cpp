#include "api/api_keys.h"

#include <gtest/gtest.h>

#include <set>

#include "core/limits.h"

namespace tillwatch::api {
namespace {

using core::ErrorCode;

class CountingRandom : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++ * 37 / 3);
  }

 private:
  unsigned next_ = 1;
};

constexpr core::TimeMs now = 1'783'000'000'000;
constexpr Scopes decide = static_cast<Scopes>(Scope::decide);

class ApiKeysTest : public ::testing::Test {
 protected:
  CountingRandom random;
  ApiKeys keys;
  ApiKeys::Created made(std::string_view name = "shop", core::DurationMs lifetime = core::day_ms) {
    auto created = keys.create(random, now, name, decide, lifetime);
    EXPECT_TRUE(created.has_value()) << created.error().to_string();
    return *created;
  }
};

TEST_F(ApiKeysTest, AKeyOpensUntilItExpires) {
  const ApiKeys::Created created = made();
  const ApiKey* key = keys.authenticate(created.secret, now);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->name, "shop");
  EXPECT_TRUE(holds(key->scopes, Scope::decide));
  EXPECT_FALSE(holds(key->scopes, Scope::admin));
  EXPECT_NE(keys.authenticate(created.secret, now + core::day_ms - 1), nullptr);
  EXPECT_EQ(keys.authenticate(created.secret, now + core::day_ms), nullptr);
}

TEST_F(ApiKeysTest, AnyOtherTextDoesNot) {
  const std::string secret = made().secret;
  EXPECT_EQ(keys.authenticate("", now), nullptr);
  for (std::size_t i = 0; i < secret.size(); ++i) {
    std::string other = secret;
    other[i] = other[i] == 'a' ? 'b' : 'a';
    EXPECT_EQ(keys.authenticate(other, now), nullptr) << i;
    EXPECT_EQ(keys.authenticate(secret.substr(0, i), now), nullptr) << i;
  }
  EXPECT_EQ(keys.authenticate(secret + "a", now), nullptr);
}

TEST_F(ApiKeysTest, TheFileKeepsNoSecretAndReadsBack) {
  const std::string secret = made().secret;
  ASSERT_TRUE(keys.create(random, now, "desk", 31, core::day_ms).has_value());
  ASSERT_TRUE(keys.revoke(keys.keys()[1].id, now + 5).has_value());
  const std::string text = keys.file_text();
  EXPECT_EQ(text.find(secret.substr(secret.size() - 32)), std::string::npos);
  const auto read = ApiKeys::parse(text);
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(read->file_text(), text);
  EXPECT_NE(read->authenticate(secret, now), nullptr);
  EXPECT_EQ(read->keys()[1].revoked, now + 5);
  EXPECT_EQ(name_of(read->keys()[1].scopes), "decide,events,read,metrics,admin");
}

TEST_F(ApiKeysTest, RevocationEndsAKey) {
  const ApiKeys::Created created = made();
  ASSERT_TRUE(keys.revoke(created.key.id, now).has_value());
  EXPECT_EQ(keys.authenticate(created.secret, now), nullptr);
  EXPECT_EQ(keys.revoke(created.key.id, now).error().code, ErrorCode::conflict);
  EXPECT_EQ(keys.revoke("nonsense", now).error().code, ErrorCode::not_found);
}

TEST_F(ApiKeysTest, TwoLiveKeysAClient) {
  made();
  const ApiKeys::Created second = made();
  EXPECT_EQ(keys.create(random, now, "shop", decide, core::day_ms).error().code, ErrorCode::conflict);
  ASSERT_TRUE(keys.revoke(second.key.id, now).has_value());
  made();
  made("other");
}

TEST_F(ApiKeysTest, BoundsOfNameScopeAndLifetime) {
  EXPECT_TRUE(keys.create(random, now, std::string(64, 'n'), decide, ApiKeys::lifetime_max).has_value());
  for (const std::string& name : {std::string(65, 'n'), std::string(), std::string("Shop"),
                                  std::string("a b"), std::string("1234567890123")})
    EXPECT_EQ(keys.create(random, now, name, decide, core::day_ms).error().code, ErrorCode::invalid) << name;
  EXPECT_EQ(keys.create(random, now, "a", 0, core::day_ms).error().code, ErrorCode::invalid);
  EXPECT_EQ(keys.create(random, now, "a", decide, 0).error().code, ErrorCode::invalid);
  EXPECT_EQ(keys.create(random, now, "a", decide, ApiKeys::lifetime_max + 1).error().code,
            ErrorCode::invalid);
}

TEST_F(ApiKeysTest, TheFileHasABound) {
  for (std::size_t i = 0; i < core::limits::api_keys_max; ++i) {
    std::string name = "client-";
    for (std::size_t rest = i; rest > 0; rest /= 26) name.push_back(static_cast<char>('a' + rest % 26));
    ASSERT_TRUE(keys.create(random, now, name, decide, core::day_ms).has_value()) << i;
  }
  EXPECT_EQ(keys.create(random, now, "one-more", decide, core::day_ms).error().code, ErrorCode::limit);
}

TEST_F(ApiKeysTest, Scopes) {
  EXPECT_EQ(parse_scopes("decide,read"), Scopes{5});
  EXPECT_EQ(parse_scopes("admin"), Scopes{16});
  for (const std::string_view bad : {"", "decide,", ",decide", "decide,decide", "all", "Decide"})
    EXPECT_EQ(parse_scopes(bad), std::nullopt) << bad;
}

TEST_F(ApiKeysTest, FaultsNameTheirLine) {
  made();
  const std::string good = keys.file_text();
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return ApiKeys::parse(text);
  };
  for (const auto& [from, to] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{{"\nkey", "\nlock"},
                                                                            {" shop ", " Shop "},
                                                                            {" decide ", " decides "},
                                                                            {"2026-07-02", "2026-17-02"},
                                                                            {" - ", " never "},
                                                                            {" - ", " - 00"}}) {
    const auto read = with(from, to);
    ASSERT_FALSE(read.has_value()) << to;
    EXPECT_EQ(read.error().where, "api keys, line 2") << to;
  }
  EXPECT_EQ(ApiKeys::parse(good + good.substr(good.find("key "))).error().where, "api keys, line 3");
  EXPECT_FALSE(ApiKeys::parse(good.substr(0, good.size() - 1)).has_value());
  EXPECT_EQ(ApiKeys::parse("tillwatch-api-keys 2\n").error().code, ErrorCode::unsupported);
  EXPECT_EQ(ApiKeys::parse("").error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace tillwatch::api
