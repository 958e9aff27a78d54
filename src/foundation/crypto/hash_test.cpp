#include "crypto/hash.h"

#include <gtest/gtest.h>

namespace tillwatch::crypto {
namespace {

TEST(Hash, PublishedVectors) {
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4 example
  const HmacSha256 hmac("key4key4key4key4");
  EXPECT_EQ(to_hex(hmac.of("message")), to_hex(hmac.of("message")));
  const HmacSha256 rfc4231(std::string(20, '\x0b'));
  EXPECT_EQ(to_hex(rfc4231.of("Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");  // RFC 4231 case 1
}

TEST(Hash, SipHashVectorOfItsAuthors) {
  SipKey key{};
  std::string message;
  for (unsigned char i = 0; i < 16; ++i) key[i] = i;
  for (char i = 0; i < 15; ++i) message.push_back(i);
  EXPECT_EQ(siphash(key, message), 0xa129ca6149be45e5ull);  // Aumasson and Bernstein, appendix A
}

TEST(Hash, PiecesEqualTheWhole) {
  Sha256 pieces;
  pieces.update("ab");
  pieces.update("c");
  EXPECT_EQ(pieces.finish(), sha256("abc"));
  EXPECT_EQ(pieces.finish(), sha256(""));
}

}  // namespace
}  // namespace tillwatch::crypto
