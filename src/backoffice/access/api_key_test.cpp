// API keys in the database: two alive for a client, ended ones stay to be seen, each change is told.
#include "access/api_key.h"

#include "access/access_fixture.h"

namespace tillwatch::access {
namespace {

class ApiKeyTest : public AccessTest {
 protected:
  core::Status add(std::string id, std::string name = "gateway") {
    const StoredApiKey key{
        std::move(id),       std::move(name), "decide,events", now_, "", now_ + core::day_ms, 0,
        std::string(64, 'a')};
    return in_transaction([&] { return add_api_key(db_, key, "acc_1", now_); });
  }
  core::Status revoke(std::string_view id) {
    return in_transaction([&] { return revoke_api_key(db_, id, "acc_2", now_); });
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, ApiKeyTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(ApiKeyTest, TwoAreAliveForAClientWhichIsHowItRotates) {
  EXPECT_TRUE(add("a"));
  EXPECT_TRUE(add("b"));
  EXPECT_EQ(add("c").error().code, core::ErrorCode::conflict);
  EXPECT_TRUE(add("d", "another"));
  EXPECT_TRUE(revoke("a"));
  EXPECT_TRUE(add("c"));
  now_ += core::day_ms;  // all have expired
  EXPECT_TRUE(add("e"));
  const auto keys = list_api_keys(db_).value();
  ASSERT_EQ(keys.size(), 5u);
  EXPECT_EQ(keys[0].made_by, "acc_1");
  EXPECT_FALSE(keys[0].live(now_));
  EXPECT_TRUE(keys[4].live(now_));
}

TEST_P(ApiKeyTest, EveryChangeMovesTheMarkAndIsTold) {
  EXPECT_EQ(api_keys_mark(db_).value(), "");
  ASSERT_TRUE(add("a"));
  const std::string first = api_keys_mark(db_).value();
  EXPECT_NE(first, "");
  EXPECT_EQ(revoke("none").error().code, core::ErrorCode::not_found);
  EXPECT_EQ(api_keys_mark(db_).value(), first);
  ASSERT_TRUE(revoke("a"));
  EXPECT_NE(api_keys_mark(db_).value(), first);
  EXPECT_EQ(revoke("a").error().code, core::ErrorCode::conflict);
  const auto rows = db_.query("select kind from outbox order by number").value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].text(0), "api_key.made");
  EXPECT_EQ(rows[1].text(0), "api_key.revoked");
}

TEST_P(ApiKeyTest, AThousandAreKept) {
  ASSERT_TRUE(in_transaction([&]() -> core::Status {
    for (std::size_t i = 0; i < api_keys_max - 1; ++i) {
      const std::string id = "k" + std::to_string(i);
      TRY_STATUS(
          db_.execute("insert into access_api_key (id, name, scopes, made_at, made_by, expires_at, hash,"
                      " act) values ($1, $1, 'read', 0, 'x', 0, 'h', 0)",
                      {id}));
    }
    return {};
  }));
  EXPECT_TRUE(add("a"));
  EXPECT_EQ(add("b").error().code, core::ErrorCode::limit);
}

}  // namespace
}  // namespace tillwatch::access
