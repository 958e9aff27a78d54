// The sealed stream: content comes back, and nothing else is taken for it.
#include "crypto/sealed_stream.h"

#include <gtest/gtest.h>

#include <vector>

namespace tillwatch::crypto {
namespace {

using core::ErrorCode;

class CountingRandom final : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& one : out) one = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 1;
};

constexpr SealCost cheap{1, 8192};

struct Sealed {
  std::string head;
  std::vector<std::string> chunks;
};

Sealed seal_all(std::string_view content, const Secret& passphrase) {
  CountingRandom random;
  SealingStream stream = SealingStream::begin(passphrase, random, cheap).value();
  Sealed sealed{stream.head(), {}};
  for (;;) {
    const std::string_view chunk = content.substr(0, stream_chunk_bytes);
    const bool is_last = chunk.size() < stream_chunk_bytes;
    stream.seal(chunk, is_last, sealed.chunks.emplace_back());
    content.remove_prefix(chunk.size());
    if (is_last) return sealed;
  }
}

// What can be read, and whether the end was seen.
core::Result<std::string> unseal_all(const Sealed& sealed, const Secret& passphrase, bool& ended) {
  TRY(stream, UnsealingStream::begin(sealed.head, passphrase));
  std::string all, out;
  for (const std::string& chunk : sealed.chunks) {
    TRY(last, stream.unseal(chunk, out));
    ended = last;
    all += out;
  }
  return all;
}

class SealedStreamTest : public ::testing::Test {
 protected:
  ErrorCode refused(const Sealed& sealed) {
    bool ended = false;
    const auto read = unseal_all(sealed, passphrase_, ended);
    EXPECT_FALSE(read && ended);
    return read ? ErrorCode::corrupt : read.error().code;
  }
  Secret passphrase_ = Secret::of("correct horse battery");
};

TEST_F(SealedStreamTest, GivesBackContentOfAnyLength) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, stream_chunk_bytes - 1, stream_chunk_bytes,
                                 stream_chunk_bytes + 1, 3 * stream_chunk_bytes}) {
    std::string content(size, 'x');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 31 + i / 256);
    bool ended = false;
    EXPECT_EQ(unseal_all(seal_all(content, passphrase_), passphrase_, ended), content) << size;
    EXPECT_TRUE(ended);
  }
}

TEST_F(SealedStreamTest, NoticesEveryAlteration) {
  const Sealed whole = seal_all(std::string(2 * stream_chunk_bytes + 5, 'y'), passphrase_);
  ASSERT_EQ(whole.chunks.size(), 3u);
  Sealed sealed = whole;
  std::swap(sealed.chunks[0], sealed.chunks[1]);
  EXPECT_EQ(refused(sealed), ErrorCode::denied);
  sealed = whole;
  sealed.chunks.erase(sealed.chunks.begin() + 1);
  EXPECT_EQ(refused(sealed), ErrorCode::denied);
  sealed = whole;
  sealed.chunks.insert(sealed.chunks.begin(), sealed.chunks[0]);
  EXPECT_EQ(refused(sealed), ErrorCode::denied);
  sealed = whole;
  sealed.chunks.push_back(sealed.chunks[2]);
  EXPECT_EQ(refused(sealed), ErrorCode::denied);
  sealed = whole;
  sealed.chunks.pop_back();  // all readable, but the end is missing: `ended` says so
  EXPECT_EQ(refused(sealed), ErrorCode::corrupt);
  sealed = whole;
  sealed.chunks[2].back() ^= 1;
  EXPECT_EQ(refused(sealed), ErrorCode::denied);
  sealed = whole;
  sealed.chunks[0].resize(10);
  EXPECT_EQ(refused(sealed), ErrorCode::denied);
  for (const std::size_t at : {std::size_t{8}, std::size_t{24}, std::size_t{40}, std::size_t{63}}) {
    sealed = whole;
    sealed.head[at] ^= 2;
    EXPECT_EQ(refused(sealed), ErrorCode::denied) << at;
  }
}

TEST_F(SealedStreamTest, RefusesOtherPassphrasesAndHeads) {
  const Sealed sealed = seal_all("content", passphrase_);
  bool ended = false;
  EXPECT_EQ(unseal_all(sealed, Secret::of("correct horse batterx"), ended).error().code, ErrorCode::denied);
  Sealed other = sealed;
  other.head[0] = 'X';
  EXPECT_EQ(refused(other), ErrorCode::invalid);
  other = sealed;
  other.head[23] = 'x';  // petabytes of memory
  EXPECT_EQ(refused(other), ErrorCode::invalid);
  other.head.resize(63);
  EXPECT_EQ(refused(other), ErrorCode::invalid);
  CountingRandom random;
  EXPECT_EQ(SealingStream::begin(Secret::of("fourteen chars"), random, cheap).error().code,
            ErrorCode::invalid);
}

}  // namespace
}  // namespace tillwatch::crypto
