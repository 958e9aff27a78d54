#include "intake/digit_mask.h"

#include <gtest/gtest.h>

namespace tillwatch::intake {
namespace {

TEST(DigitMask, masks_from_thirteen_digits_on) {
  EXPECT_EQ(mask_card_length("123456789012"), "123456789012");
  EXPECT_EQ(mask_card_length("1234567890123"), "123456***0123");
  EXPECT_EQ(mask_card_length("a,1234567890123456789,b"), "a,123456*********6789,b");
  EXPECT_EQ(mask_card_length("12345678901234567890123"), "123456*************0123");
  EXPECT_EQ(mask_card_length("1234 5678 9012 3456;x"), "1234 56** **** 3456;x");
  EXPECT_EQ(mask_card_length("1234-5678-9012-3456-"), "1234-56**-****-3456-");
  EXPECT_EQ(mask_card_length("1234  5678  9012  3456"), "1234  5678  9012  3456");  // two spaces end a run
  EXPECT_EQ(mask_card_length(""), "");
}

TEST(DigitMask, quotes_for_messages) {
  EXPECT_EQ(quoted_value("57.165"), "'57.165'");
  EXPECT_EQ(quoted_value("a\nb"), "'a?b'");
  EXPECT_EQ(quoted_value("1234567890123456"), "'123456******3456'");
  EXPECT_EQ(quoted_value(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
  EXPECT_EQ(quoted_value(std::string(39, 'x') + "\xe5\x8d\x95"), "'" + std::string(39, 'x') + "...'");
}

}  // namespace
}  // namespace tillwatch::intake
