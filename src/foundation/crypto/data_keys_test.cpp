#include "crypto/data_keys.h"

#include <gtest/gtest.h>

#include <array>

namespace tillwatch::crypto {
namespace {

using core::ErrorCode;
using State = DataKeys::State;

class CountingRandom : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 1;
};

constexpr core::TimeMs now = 1'783'000'000'000;

std::string text_of(const DataKeys& keys) {
  return std::string(keys.file_text().view());
}
std::string signed_again(std::string text) {
  text.resize(text.rfind("sha256 "));
  return text + "sha256 " + to_hex(sha256(text)) + "\n";
}
ErrorCode code_of(const core::Result<DataKeys>& result) {
  return result ? ErrorCode::cancelled : result.error().code;
}

TEST(DataKeysTest, OpensWhatItSealedWhereItWasSealed) {
  CountingRandom random;
  const DataKeys keys = DataKeys::generate(random, now);
  for (const std::string_view content : {"", "x", "王小明", "a longer text of several words"}) {
    const std::string box = keys.seal(content, "person:1:name", random);
    EXPECT_EQ(keys.open(box, "person:1:name").value(), content);
    EXPECT_EQ(keys.open(box, "person:2:name").error().code, ErrorCode::denied);
    EXPECT_NE(box, keys.seal(content, "person:1:name", random)) << "a nonce was used twice";
    if (content.size() > 1) {
      EXPECT_EQ(box.find(content), std::string::npos);
    }
  }
}

TEST(DataKeysTest, AlteredBoxesDoNotOpen) {
  CountingRandom random;
  const DataKeys keys = DataKeys::generate(random, now);
  const std::string box = keys.seal("content", "here", random);
  for (std::size_t i = 0; i < box.size(); ++i) {
    std::string altered = box;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(keys.open(altered, "here")) << i;
  }
  for (std::size_t size = 0; size < box.size(); ++size)
    EXPECT_FALSE(keys.open(box.substr(0, size), "here")) << size;
  CountingRandom other;
  std::array<std::byte, 7> thrown_away{};
  other.fill(thrown_away);
  EXPECT_EQ(DataKeys::generate(other, now).open(box, "here").error().code, ErrorCode::denied);
}

TEST(DataKeysTest, RotationKeepsOpeningUntilTheKeyIsRetired) {
  CountingRandom random;
  DataKeys keys = DataKeys::generate(random, now);
  const std::string old_box = keys.seal("content", "here", random);
  const std::string old_tag = keys.tag("phone", "13800001234");
  ASSERT_TRUE(keys.rotate(random, now + 1));
  EXPECT_EQ(keys.current(), 2u);
  EXPECT_EQ(keys.open(old_box, "here").value(), "content");
  const std::string box = keys.seal("content", "here", random);
  EXPECT_EQ(DataKeys::key_of(old_box), 1u);
  EXPECT_EQ(DataKeys::key_of(box), 2u);
  EXPECT_EQ(DataKeys::key_of("no box"), 0u);
  EXPECT_EQ(keys.tags("phone", "13800001234"),
            (std::vector<std::string>{keys.tag("phone", "13800001234"), old_tag}));
  EXPECT_EQ(keys.retire(2).error().code, ErrorCode::not_found);
  ASSERT_TRUE(keys.retire(1));
  EXPECT_EQ(keys.retire(1).error().code, ErrorCode::not_found);
  EXPECT_EQ(keys.open(old_box, "here").error().code, ErrorCode::not_found);
  EXPECT_EQ(keys.open(box, "here").value(), "content");
  EXPECT_EQ(keys.tags("phone", "13800001234").size(), 1u);
  EXPECT_NE(text_of(keys).find("key 1 retired 2026-07-02T13:46:40Z -\n"), std::string::npos);
}

TEST(DataKeysTest, TagsAreKeyedAndKeepKindsApart) {
  CountingRandom random;
  const DataKeys keys = DataKeys::generate(random, now);
  EXPECT_EQ(keys.tag("phone", "1234"), keys.tag("phone", "1234"));
  EXPECT_NE(keys.tag("phone", "1234"), keys.tag("account", "1234"));
  EXPECT_NE(keys.tag("ab", "c"), keys.tag("a", "bc"));
  EXPECT_NE(keys.tag("phone", "1234"), DataKeys::generate(random, now).tag("phone", "1234"));
}

TEST(DataKeysTest, WritesWhatItReads) {
  CountingRandom random;
  DataKeys keys = DataKeys::generate(random, now);
  const std::string box = keys.seal("content", "here", random);
  ASSERT_TRUE(keys.rotate(random, now + 1000));
  const std::string text = text_of(keys);
  const auto read = DataKeys::parse(text);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(text_of(*read), text);
  EXPECT_EQ(read->open(box, "here").value(), "content");
  EXPECT_EQ(read->tag("a", "b"), keys.tag("a", "b"));
  EXPECT_EQ(read->keys()[0].state, State::previous);
}

TEST(DataKeysTest, RefusesWhatIsNoSuchFile) {
  CountingRandom random;
  const std::string good = text_of(DataKeys::generate(random, now));
  EXPECT_EQ(code_of(DataKeys::parse("")), ErrorCode::invalid);
  EXPECT_EQ(code_of(DataKeys::parse("tillwatch-card-keys 1\n")), ErrorCode::invalid);
  EXPECT_EQ(code_of(DataKeys::parse("tillwatch-data-keys 2\n")), ErrorCode::unsupported);
  EXPECT_EQ(code_of(DataKeys::parse("tillwatch-data-keys 1\n")), ErrorCode::corrupt);
  std::string flipped = good;
  flipped[good.find(" current ") + 40] ^= 1;
  EXPECT_EQ(code_of(DataKeys::parse(flipped)), ErrorCode::corrupt);
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return code_of(DataKeys::parse(signed_again(text)));
  };
  EXPECT_EQ(with("key 1", "keys 1"), ErrorCode::invalid);
  EXPECT_EQ(with("key 1", "key 2"), ErrorCode::invalid);
  EXPECT_EQ(with("current", "previous"), ErrorCode::invalid);
  EXPECT_EQ(with("current", "other"), ErrorCode::invalid);
  EXPECT_EQ(with("current", "retired"), ErrorCode::invalid);
  EXPECT_EQ(with("2026-", "20x6-"), ErrorCode::invalid);
  EXPECT_EQ(with("Z ", "Z 00"), ErrorCode::invalid);
  EXPECT_EQ(with("\nsha256", " x\nsha256"), ErrorCode::invalid);
  EXPECT_EQ(code_of(DataKeys::parse(signed_again("tillwatch-data-keys 1\nsha256 \n"))), ErrorCode::invalid);
}

TEST(DataKeysTest, HoldsAHundredKeys) {
  CountingRandom random;
  DataKeys keys = DataKeys::generate(random, now);
  for (int i = 1; i < 100; ++i) ASSERT_TRUE(keys.rotate(random, now));
  EXPECT_EQ(keys.rotate(random, now).error().code, ErrorCode::limit);
  EXPECT_TRUE(DataKeys::parse(text_of(keys)));
}

}  // namespace
}  // namespace tillwatch::crypto
