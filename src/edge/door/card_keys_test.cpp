#include "door/card_keys.h"

#include <gtest/gtest.h>

namespace tillwatch::door {
namespace {

using core::ErrorCode;
using State = CardKeys::State;

class CountingRandom : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 1;
};

constexpr core::TimeMs now = 1'783'000'000'000;
constexpr core::DurationMs overlap = 90 * core::day_ms;

payment::Pan pan() {
  return std::move(*payment::Pan::parse("4012888888881881"));
}

std::string text_of(const CardKeys& keys) {
  return std::string(keys.file_text().view());
}

// The text with a fresh checksum, as a careless editor would not make it.
std::string signed_again(std::string text) {
  text.resize(text.rfind("sha256 "));
  return text + "sha256 " + crypto::to_hex(crypto::sha256(text)) + "\n";
}

TEST(CardKeysTest, WritesWhatItReads) {
  CountingRandom random;
  CardKeys keys = CardKeys::generate(random, now);
  ASSERT_TRUE(keys.rotate(random, now + 1000, overlap).has_value());
  const std::string text = text_of(keys);
  const auto read = CardKeys::parse(text);
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(text_of(*read), text);
  EXPECT_EQ(read->reference(pan()), keys.reference(pan()));
  EXPECT_EQ(read->previous_reference(pan()), keys.previous_reference(pan()));
}

TEST(CardKeysTest, RotationKeepsTheOldReferenceAndRetirementEndsIt) {
  CountingRandom random;
  CardKeys keys = CardKeys::generate(random, now);
  const std::string first = keys.reference(pan());
  EXPECT_FALSE(keys.previous_reference(pan()).has_value());
  ASSERT_TRUE(keys.rotate(random, now, overlap).has_value());
  EXPECT_NE(keys.reference(pan()), first);
  EXPECT_EQ(keys.previous_reference(pan()), first);
  EXPECT_EQ(keys.rotate(random, now, overlap).error().code, ErrorCode::conflict);
  EXPECT_EQ(keys.retire(now + overlap - 1).error().code, ErrorCode::conflict);
  ASSERT_TRUE(keys.retire(now + overlap).has_value());
  EXPECT_FALSE(keys.previous_reference(pan()).has_value());
  EXPECT_EQ(keys.retire(now + overlap).error().code, ErrorCode::not_found);
  ASSERT_TRUE(keys.rotate(random, now, overlap).has_value());
  ASSERT_EQ(keys.epochs().size(), 3u);
  EXPECT_EQ(keys.epochs()[0].state, State::retired);
  EXPECT_EQ(keys.epochs()[1].state, State::previous);
  EXPECT_EQ(keys.epochs()[2].state, State::current);
  // The retired key is gone from the file.
  EXPECT_NE(text_of(keys).find("epoch 1 retired 2026-07-02T13:46:40Z - -\n"), std::string::npos) << "format";
  EXPECT_TRUE(CardKeys::parse(text_of(keys)).has_value());
}

TEST(CardKeysTest, OverlapsHaveBounds) {
  CountingRandom random;
  CardKeys keys = CardKeys::generate(random, now);
  EXPECT_EQ(keys.rotate(random, now, 0).error().code, ErrorCode::invalid);
  EXPECT_EQ(keys.rotate(random, now, 3650 * core::day_ms + 1).error().code, ErrorCode::invalid);
  EXPECT_TRUE(keys.rotate(random, now, 3650 * core::day_ms).has_value());
}

TEST(CardKeysTest, EveryChangedByteIsNoticed) {
  CountingRandom random;
  const std::string text = text_of(CardKeys::generate(random, now));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(CardKeys::parse(changed).has_value()) << i;
  }
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(CardKeys::parse(std::string_view(text).substr(0, size)).has_value()) << size;
  EXPECT_FALSE(CardKeys::parse(text + "\n").has_value());
}

TEST(CardKeysTest, FaultsNameTheirLine) {
  CountingRandom random;
  const std::string good = text_of(CardKeys::generate(random, now));
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return CardKeys::parse(signed_again(text));
  };
  EXPECT_TRUE(CardKeys::parse(signed_again(good)).has_value());
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"epoch 1", "epoch 2"},
           {"epoch 1", "ring 1"},
           {"current", "present"},
           {"current", "previous"},
           {"2026-07-02T13:46:40Z -", "yesterday -"},
           {" - ", " soon "},
           {"0102", "01"},
           {"0102", "01zz"},
           {"1f20", "1f20 more"},
           {"current", "retired"}}) {
    const auto keys = with(from, to);
    ASSERT_FALSE(keys.has_value()) << to;
    EXPECT_EQ(keys.error().where, "card keys, line 2") << to;
  }
  EXPECT_EQ(CardKeys::parse("tillwatch-card-keys 2\n").error().code, ErrorCode::unsupported);
  EXPECT_EQ(CardKeys::parse("something").error().code, ErrorCode::invalid);
  const std::string twice = good.substr(0, good.find("sha256 "));
  EXPECT_FALSE(CardKeys::parse(signed_again(twice + "epoch 2 current 2026-07-02T13:46:40Z - " +
                                            std::string(64, '0') + "\nsha256 "))
                   .has_value());
}

}  // namespace
}  // namespace tillwatch::door
