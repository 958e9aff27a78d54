#include "access/sealing.h"

#include <gtest/gtest.h>

#include "access/access_fixture.h"

namespace tillwatch::access {
namespace {

class Sealing : public AccessTest {};
INSTANTIATE_TEST_SUITE_P(Engines, Sealing, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

TEST_P(Sealing, KeepsNamesAndSeedsWhenAnOlderKeyIsDestroyed) {
  const std::string owner = account("owner", {{"owner", "*"}});
  const std::string seed = enrol(owner);
  ASSERT_TRUE(keys_.rotate(random_, now_));
  ASSERT_TRUE(seal_anew(db_, keys_, random_));
  ASSERT_TRUE(seal_anew(db_, keys_, random_)) << "once more does nothing";
  ASSERT_TRUE(keys_.retire(1));
  EXPECT_EQ(find_account(db_, parts_, owner).value()->shown_name, "老板 owner");
  EXPECT_TRUE(in_transaction([&] {
                return check_totp(db_, parts_, owner, totp(seed, totp_step(now_)), now_);
              }).value());
}

TEST_P(Sealing, WithoutItADestroyedKeyTakesNamesWithIt) {
  const std::string owner = account("owner", {{"owner", "*"}});
  ASSERT_TRUE(keys_.rotate(random_, now_));
  ASSERT_TRUE(keys_.retire(1));
  EXPECT_EQ(find_account(db_, parts_, owner).error().code, core::ErrorCode::not_found);
}

}  // namespace
}  // namespace tillwatch::access
