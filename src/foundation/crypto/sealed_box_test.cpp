#include "crypto/sealed_box.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tillwatch::crypto {
namespace {

class CountingRandom : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 1;
};

constexpr SealCost quick{1, 8192};

TEST(SecretTest, HoldsMovesAndStartsAtZero) {
  Secret zero(4);
  EXPECT_EQ(zero.view(), std::string_view("\0\0\0\0", 4));
  Secret secret = Secret::of("hidden");
  Secret moved = std::move(secret);
  EXPECT_EQ(moved.view(), "hidden");
  secret = Secret::of("other");
  EXPECT_EQ(secret.view(), "other");
  EXPECT_EQ(Secret::of("").size(), 0u);
}

TEST(SealedBox, OpensWithItsPassphraseOnly) {
  CountingRandom random;
  const Secret passphrase = Secret::of("correct horse battery");
  const auto box = seal(Secret::of("the keys"), passphrase, random, quick);
  ASSERT_TRUE(box.has_value());
  EXPECT_EQ(box->find("the keys"), std::string::npos);
  const auto open = unseal(*box, passphrase);
  ASSERT_TRUE(open.has_value()) << open.error().to_string();
  EXPECT_EQ(open->view(), "the keys");
  const auto other = unseal(*box, Secret::of("correct horse batterz"));
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, core::ErrorCode::denied);
}

TEST(SealedBox, EveryChangedCharacterIsRefused) {
  CountingRandom random;
  const Secret passphrase = Secret::of("correct horse battery");
  const std::string box = *seal(Secret::of("k"), passphrase, random, quick);
  for (std::size_t i = 0; i + 1 < box.size(); ++i) {
    std::string changed = box;
    changed[i] = changed[i] == '1' ? '2' : '1';
    if (changed == box) continue;
    // A changed memory figure could be large and slow: only the parts behind it are computed.
    if (i >= 19 && i < 26) continue;
    EXPECT_FALSE(unseal(changed, passphrase).has_value()) << i;
  }
  for (std::size_t size = 0; size < box.size(); size += 7)
    EXPECT_FALSE(unseal(box.substr(0, size), passphrase).has_value()) << size;
  EXPECT_FALSE(unseal(box + "00", passphrase).has_value());
}

TEST(SealedBox, ShortPassphrasesAndHugeParametersAreRefused) {
  CountingRandom random;
  const auto box = seal(Secret::of("k"), Secret::of("only14letters!"), random, quick);
  ASSERT_FALSE(box.has_value());
  EXPECT_EQ(box.error().code, core::ErrorCode::invalid);
  EXPECT_TRUE(seal(Secret::of("k"), Secret::of("15letters-long!"), random, quick).has_value());
  const std::string huge = "tillwatch-sealed 1 3 99999999999999 " + std::string(32, '0') + " " +
                           std::string(48, '0') + " " + std::string(34, '0');
  const auto refused = unseal(huge, Secret::of("15letters-long!"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, core::ErrorCode::invalid);
}

}  // namespace
}  // namespace tillwatch::crypto
