// Passwords: what is taken, what is refused and why, and that the real hash keeps its promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "access/password_hash.h"
#include "access/password_rule.h"

namespace tillwatch::access {
namespace {

bool taken(std::string_view password) {
  constexpr std::array<std::string_view, 2> own = {"chen.wei", "福源商务"};
  return check_password(password, own).has_value();
}

TEST(PasswordRule, CountsCharactersAndBytesAtTheirBounds) {
  EXPECT_TRUE(taken("violet-tram-42x"));
  EXPECT_FALSE(taken("violet-tram-42"));
  EXPECT_TRUE(taken("收单哨兵每天早上九点看昨日文件吗")) << "sixteen characters of three bytes";
  std::string longest;
  for (int i = 0; longest.size() < password_bytes_max; ++i)
    longest += static_cast<char>('a' + (i * 7 + i / 5) % 26);
  EXPECT_TRUE(taken(longest));
  EXPECT_FALSE(taken(longest + "x"));
}

TEST(PasswordRule, RefusesWhatGuessersPutTogetherFirst) {
  for (const std::string_view one :
       {"passwordpassword", "P4$$w0rd-P4$$w0rd", "aaaaaaaaaaaaaaaaaaaa", "123456789012345678",
        "qwertyuiopasdfghjkl", "abcabcabcabcabcabc", "abcdefghijklmnopqrst", "chen.wei.chen.wei",
        "TillwatchTillwatch", "welcome2026welcome", "admin123456789012", "福源商务福源商务福源商务福源商务"})
    EXPECT_FALSE(taken(one)) << one;
  for (const std::string_view one :
       {"seven brass anchors rust", "correct horse battery staple", "mein-Esel-kaut-Gras"})
    EXPECT_TRUE(taken(one)) << one;
}

TEST(PasswordRule, KnowsThousandsOfPartsAndNoPasswordMayConsistOfThem) {
  const auto parts = guessed_parts();
  EXPECT_GE(parts.size(), 3000u);
  EXPECT_TRUE(std::ranges::is_sorted(parts));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // As somebody would use it who is asked for fifteen characters: twice, then with another one in between.
    std::string twice(parts[i]);
    while (twice.size() < password_characters_min) twice += parts[i];
    const std::string_view other = parts[(i * 7919 + 13) % parts.size()];
    std::string mixed = std::string(parts[i]) + std::string(other) + std::string(parts[i]);
    while (mixed.size() < password_characters_min) mixed += other;
    EXPECT_FALSE(taken(twice)) << twice;
    EXPECT_FALSE(taken(mixed)) << mixed;
  }
  for (const std::string_view one : {"woaini1314woaini", "Zhangwei19880808!", "shanghai666shanghai",
                                     "1qaz2wsx3edc4rfv", "Huawei123456789", "july4567qwertyui"})
    EXPECT_FALSE(taken(one)) << one;
}

TEST(PasswordRule, SaysWhatToDo) {
  const core::Status status = check_password("short", {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().where, "/password");
  EXPECT_NE(status.error().detail.find("at least 15 characters"), std::string::npos);
  EXPECT_TRUE(check_password("violet tram 4", {}, password_characters_min_relaxed));
}

TEST(PasswordHashTest, MatchesItsOwnPasswordOnly) {
  Argon2id hash;
  const std::string stored = hash.make("seven brass anchors rust").value();
  EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << stored;
  EXPECT_NE(stored, hash.make("seven brass anchors rust").value());
  EXPECT_TRUE(hash.matches(stored, "seven brass anchors rust"));
  EXPECT_FALSE(hash.matches(stored, "seven brass anchors rusT"));
  EXPECT_FALSE(hash.matches("", "seven brass anchors rust"));
  EXPECT_FALSE(hash.outdated(stored));
  EXPECT_TRUE(
      hash.outdated("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
}

}  // namespace
}  // namespace tillwatch::access
