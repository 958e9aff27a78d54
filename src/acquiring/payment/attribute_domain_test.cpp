#include "payment/attribute_domain.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tillwatch::payment {
namespace {

TEST(AttributeDomain, HasWordsForTextsAndSpansForNumbersOnly) {
  for (const AttributeInfo& info : attributes()) {
    const bool worded = !words_of(info.id).empty();
    EXPECT_TRUE(!worded || info.type == AttributeType::text) << info.name;
    if (const auto span = span_of(info.id)) {
      EXPECT_TRUE(info.type == AttributeType::integer || info.type == AttributeType::time) << info.name;
      EXPECT_LT(span->min, span->max) << info.name;
    }
  }
}

TEST(AttributeDomain, KnowsWhatAnAmountAndATypeCanBe) {
  EXPECT_EQ(span_of(AttributeId::amount)->min, 0);
  EXPECT_FALSE(span_of(AttributeId::card_id));
  const auto words = words_of(AttributeId::tx_type);
  EXPECT_NE(std::ranges::find(words, "refund"), words.end());
  EXPECT_TRUE(words_of(AttributeId::merchant_id).empty());
}

}  // namespace
}  // namespace tillwatch::payment
