#include "simulator/card.h"

#include <gtest/gtest.h>

#include <set>

namespace tillwatch::simulator {
namespace {

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

TEST(Card, WholeNumbersPassLuhnAndAreUnique) {
  std::set<std::string> seen;
  for (CardNumber number = 0; number < 20'000; ++number) {
    const std::string digits = whole_number(7, number);
    ASSERT_EQ(digits.size(), 16u);
    ASSERT_TRUE(passes_luhn(digits)) << number;
    ASSERT_TRUE(seen.insert(digits).second) << number;
    ASSERT_TRUE(digits.starts_with(make_card(7, number).bin));
  }
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::string digits = whole_number(7, tested_card(9, i));
    ASSERT_TRUE(passes_luhn(digits));
    ASSERT_TRUE(seen.insert(digits).second);
  }
}

TEST(Card, ATesterWorksThroughOneRange) {
  const Card first = make_card(7, tested_card(3, 0));
  for (std::uint32_t i = 1; i < 200; ++i) EXPECT_EQ(make_card(7, tested_card(3, i)).bin, first.bin);
}

TEST(Card, TokensAreLettersAndUnique) {
  std::set<std::string> seen;
  for (CardNumber number = 0; number < 20'000; ++number) {
    const std::string token = make_card(7, number).token;
    ASSERT_EQ(token.find_first_of("0123456789"), std::string::npos);
    ASSERT_TRUE(seen.insert(token).second);
  }
}

TEST(Card, LettersSpellEveryNibble) {
  EXPECT_EQ(letters_of(0), "aaaaaaaaaaaaaaaa");
  EXPECT_EQ(letters_of(0x0123456789abcdefull), "abcdefghijklmnop");
}

}  // namespace
}  // namespace tillwatch::simulator
