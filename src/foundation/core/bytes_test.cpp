#include "core/bytes.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/crc32c.h"

namespace tillwatch::core {
namespace {

TEST(Bytes, RoundTrip) {
  Bytes out;
  ByteWriter w(out);
  w.u8(7);
  w.u32(0xdeadbeef);
  w.i64(std::numeric_limits<std::int64_t>::min());
  w.f64(-0.5);
  for (const std::int64_t v :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
    w.signed_varint(v);
  w.varint(std::numeric_limits<std::uint64_t>::max());
  w.text("till");
  ByteReader r(out);
  EXPECT_EQ(r.u8(), 7);
  EXPECT_EQ(r.u32(), 0xdeadbeef);
  EXPECT_EQ(r.i64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(r.f64(), -0.5);
  for (const std::int64_t v :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
    EXPECT_EQ(r.signed_varint(), v);
  EXPECT_EQ(r.varint(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(r.text(), "till");
  EXPECT_TRUE(r.ok() && r.at_end());
}

TEST(Bytes, ShortInputFailsForGood) {
  ByteReader r(
      "\x05"
      "ab");
  EXPECT_EQ(r.text(), "");
  EXPECT_FALSE(r.ok());
  EXPECT_EQ(r.u8(), 0);
  EXPECT_FALSE(r.ok());
}

TEST(Bytes, OnlyTheShortestVarintIsAccepted) {
  ByteReader overlong(std::string_view("\x80\x00", 2));
  overlong.varint();
  EXPECT_FALSE(overlong.ok());
  ByteReader too_large(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10));
  too_large.varint();
  EXPECT_FALSE(too_large.ok());
}

TEST(Crc32c, KnownVectorsAndBothImplementations) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);            // RFC 3720 check value
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);  // RFC 3720 B.4
  std::string text;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(crc32c(text), crc32c_portable(text));
    EXPECT_EQ(crc32c(std::string_view(text).substr(text.size() / 3),
                     crc32c(std::string_view(text).substr(0, text.size() / 3))),
              crc32c(text));
    text.push_back(static_cast<char>(i * 37));
  }
}

}  // namespace
}  // namespace tillwatch::core
