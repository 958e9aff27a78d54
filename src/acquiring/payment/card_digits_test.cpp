#include "payment/card_digits.h"

#include <gtest/gtest.h>

#include <random>

#include "payment/pan.h"

namespace tillwatch::payment {
namespace {

// A number with a proper check digit: `begin`, then digits of `seed`, `length` in all.
std::string number_of(std::string_view begin, std::size_t length, unsigned seed) {
  std::mt19937 random(seed);
  std::string digits(begin);
  while (digits.size() + 1 < length) digits.push_back(static_cast<char>('0' + random() % 10));
  digits.push_back('0');
  while (!passes_luhn(digits)) ++digits.back();
  return digits;
}

TEST(Luhn, PublishedNumbersPassAndNeighboursFail) {
  for (const std::string_view good :
       {"4012888888881881", "378282246310005", "30569309025904", "4222222222222"})
    EXPECT_TRUE(passes_luhn(good)) << good;
  EXPECT_FALSE(passes_luhn("4012888888881882"));
  EXPECT_FALSE(passes_luhn(""));
  EXPECT_FALSE(passes_luhn("4012a"));
}

TEST(Luhn, EveryWrongDigitIsNoticed) {
  const std::string good = "4012888888881881";
  for (std::size_t i = 0; i < good.size(); ++i)
    for (char c = '0'; c <= '9'; ++c) {
      std::string changed = good;
      changed[i] = c;
      EXPECT_EQ(passes_luhn(changed), c == good[i]);
    }
}

TEST(CardLike, SchemesAreKnownAndLongIdsAreNot) {
  for (const std::string_view begin : {"4000", "5100", "2221", "62000000", "3530", "6011", "9500"})
    EXPECT_TRUE(looks_like_card_number(number_of(begin, 16, 1))) << begin;
  EXPECT_TRUE(looks_like_card_number("378282246310005"));
  EXPECT_TRUE(looks_like_card_number("30569309025904"));
  EXPECT_TRUE(looks_like_card_number(number_of("62000000", 19, 2)));
  // Merchant codes of UnionPay have 15 digits and begin with the institution; an ICCID begins with 89.
  EXPECT_FALSE(looks_like_card_number(number_of("898", 15, 3)));
  EXPECT_FALSE(looks_like_card_number(number_of("403", 15, 4)));
  EXPECT_FALSE(looks_like_card_number(number_of("822", 15, 5)));
  EXPECT_FALSE(looks_like_card_number(number_of("8986", 19, 6)));
  EXPECT_FALSE(looks_like_card_number(number_of("1", 13, 7)));
  EXPECT_FALSE(looks_like_card_number(number_of("4", 12, 8)));
  EXPECT_FALSE(looks_like_card_number(number_of("4", 20, 9)));
}

TEST(Mask, KeepsSixAndFourAndSeparators) {
  EXPECT_EQ(masked_digit_runs("pay 4012888888881881 now"), "pay 401288******1881 now");
  EXPECT_EQ(masked_digit_runs("4012 8888 8888 1881"), "4012 88** **** 1881");
  EXPECT_EQ(masked_digit_runs("4012-8888-8888-1881"), "4012-88**-****-1881");
  EXPECT_EQ(masked_digit_runs("378282246310005"), "378282*****0005");
  EXPECT_EQ(masked_digit_runs("x4012888888881881y"), "x401288******1881y");
  EXPECT_EQ(masked_digit_runs(";4012888888881881=2512"), ";401288******1881=2512");
}

TEST(Mask, LeavesOtherTextsAlone) {
  for (const std::string_view text : {"", "4012888888881882", "401288888888", "no digits",
                                      "2026-07-03T14:05:09.123Z", "4012  8888  8888  1881", "13800138000"})
    EXPECT_EQ(masked_digit_runs(text), text);
}

TEST(Mask, FindsTheNumberAmongNeighbouringGroups) {
  EXPECT_EQ(masked_digit_runs("12 4012 8888 8888 1881").find("8888"), std::string::npos);
  const std::string after = masked_digit_runs("4012888888881881 2512 201");
  EXPECT_EQ(after.substr(0, 16), "401288******1881");
}

TEST(Mask, FindsTheNumberInsideALongerRun) {
  const std::string text = masked_digit_runs("0000040128888888818810000");
  EXPECT_EQ(text.find("4012888888881881"), std::string::npos) << text;
}

// The second number begins in the last four digits of the first, which stay readable.
TEST(Mask, FindsEachOfTheNumbersThatOverlapInALongerRun) {
  for (unsigned seed = 0; seed < 500; ++seed)
    for (std::size_t kept = 1; kept <= 9; ++kept) {
      SCOPED_TRACE(seed);
      const std::string first = number_of("4012", 16, seed);
      const std::string shared = first.substr(first.size() - kept);
      const std::string second = number_of(shared, 16, seed + 1);
      const std::string text = "0000" + first + second.substr(kept) + "0000";
      const std::string masked = masked_digit_runs(text);
      ASSERT_EQ(masked.find(first), std::string::npos) << masked;
      ASSERT_TRUE(!looks_like_card_number(second) || masked.find(second) == std::string::npos) << masked;
    }
}

TEST(Mask, ResidentIdentityNumbers) {
  EXPECT_TRUE(is_resident_identity_number("11010519491231002X"));  // the standard's own example
  EXPECT_FALSE(is_resident_identity_number("110105194912310021"));
  EXPECT_FALSE(is_resident_identity_number("11010519491331002X"));
  EXPECT_EQ(masked_digit_runs("id 11010519491231002X!"), "id 110105************!");
}

TEST(Mask, NothingFindableIsLeftInRandomTexts) {
  const unsigned seed = 20260703;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    const std::string number = number_of("4", 16, static_cast<unsigned>(random()));
    std::string grouped;
    for (std::size_t i = 0; i < number.size(); ++i) {
      if (i > 0 && random() % 4 == 0) grouped += random() % 2 == 0 ? ' ' : '-';
      grouped += number[i];
    }
    std::string text(random() % 5, 'a');
    text += random() % 3 == 0 ? "7 " : "";
    text += grouped;
    text += random() % 3 == 0 ? " 12" : "";
    const std::string masked = masked_digit_runs(text);
    std::string digits;
    for (const char c : masked)
      if (c != ' ' && c != '-') digits += c;
    ASSERT_EQ(digits.find(number), std::string::npos) << masked.size() << " round " << round;
    ASSERT_FALSE(holds_card_number(masked));
  }
}

TEST(Holds, OnlyWhatLooksLikeACard) {
  EXPECT_TRUE(holds_card_number("ref 4012 8888 8888 1881"));
  EXPECT_FALSE(holds_card_number(number_of("898", 15, 3)));
  EXPECT_FALSE(holds_card_number(""));
}

TEST(BareLength, ThirteenToNineteenDigits) {
  EXPECT_FALSE(is_bare_card_length("123456789012"));
  EXPECT_TRUE(is_bare_card_length("1234567890123"));
  EXPECT_TRUE(is_bare_card_length("1234567890123456789"));
  EXPECT_FALSE(is_bare_card_length("12345678901234567890"));
  EXPECT_FALSE(is_bare_card_length("a1234567890123"));
}

TEST(PanTest, TakesDigitsInGroupsAndRefusesTheRest) {
  for (const std::string_view good : {"4012888888881881", "4012 8888 8888 1881", "4012-8888-8888-1881",
                                      "4222222222222", "6205500000000000004"})
    EXPECT_TRUE(Pan::parse(good).has_value()) << good;
  for (const std::string_view bad : {"", "401288888888", "40128888888818811111", "4012 8888  8888 1881",
                                     " 4012888888881881", "4012888888881881-", "4012x88888881881"}) {
    const auto pan = Pan::parse(bad);
    ASSERT_FALSE(pan.has_value()) << bad;
    EXPECT_EQ(pan.error().detail.find("4012"), std::string::npos);
  }
}

TEST(PanTest, MaskBinAndCheckDigit) {
  const auto pan = Pan::parse("3782 822463 10005");
  ASSERT_TRUE(pan.has_value());
  EXPECT_EQ(pan->masked(), "378282*****0005");
  EXPECT_EQ(pan->bin(), "378282");
  EXPECT_TRUE(pan->check_digit_valid());
  EXPECT_FALSE(Pan::parse("4012888888881882")->check_digit_valid());
}

TEST(PanTest, SpellingDoesNotChangeTheHashAndMovingEmpties) {
  const crypto::HmacSha256 key(std::string(32, 'k'));
  auto plain = Pan::parse("4012888888881881");
  auto grouped = Pan::parse("4012 8888 8888 1881");
  ASSERT_TRUE(plain && grouped);
  EXPECT_EQ(plain->keyed_hash(key), grouped->keyed_hash(key));
  EXPECT_EQ(plain->keyed_hash(key), key.of("4012888888881881"));
  const Pan moved = std::move(*plain);
  EXPECT_EQ(moved.masked(), "401288******1881");
  EXPECT_FALSE(plain->check_digit_valid());
}

static_assert(!std::is_copy_constructible_v<Pan> && !std::is_copy_assignable_v<Pan>);
static_assert(!std::is_convertible_v<Pan, std::string> && !std::is_convertible_v<Pan, std::string_view>);

}  // namespace
}  // namespace tillwatch::payment
