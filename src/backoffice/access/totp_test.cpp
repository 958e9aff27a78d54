#include "access/totp.h"

#include <gtest/gtest.h>

namespace tillwatch::access {
namespace {

constexpr std::string_view secret = "12345678901234567890";

// RFC 6238, appendix B (SHA-1), the last six of its eight digits.
TEST(Totp, AgreesWithTheVectorsOfTheStandard) {
  const std::pair<core::TimeMs, std::string_view> vectors[] = {
      {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
      {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [second, digits] : vectors)
    EXPECT_EQ(totp(secret, totp_step(second * core::second_ms)), digits) << second;
}

TEST(Totp, TakesOneStepEitherSideAndEachOnce) {
  const core::TimeMs now = 1'234'567'890'000;
  const std::int64_t step = totp_step(now);
  EXPECT_EQ(match_totp(secret, totp(secret, step - 1), now, 0), step - 1);
  EXPECT_EQ(match_totp(secret, totp(secret, step), now, 0), step);
  EXPECT_EQ(match_totp(secret, totp(secret, step + 1), now, 0), step + 1);
  EXPECT_FALSE(match_totp(secret, totp(secret, step - 2), now, 0));
  EXPECT_FALSE(match_totp(secret, totp(secret, step + 2), now, 0));
  EXPECT_FALSE(match_totp(secret, totp(secret, step), now, step));
  EXPECT_FALSE(match_totp(secret, totp(secret, step - 1), now, step)) << "an older one after a newer one";
  EXPECT_FALSE(match_totp(secret, "", now, 0));
  EXPECT_FALSE(match_totp(secret, "28708", now, 0));
}

TEST(Totp, WritesWhatAnAuthenticatorReads) {
  EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(base32(""), "");
  EXPECT_EQ(otpauth_uri("foobar", "收单", "a b"),
            "otpauth://totp/%E6%94%B6%E5%8D%95:a%20b?secret=MZXW6YTBOI&issuer=%E6%94%B6%E5%8D%95"
            "&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace tillwatch::access
