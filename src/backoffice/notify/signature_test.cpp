// Signatures against the published vector of Standard Webhooks; addresses of webhooks against a table.
#include "notify/signature.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "notify/web_address.h"
#include "sim/sim_random.h"

namespace tillwatch::notify {
namespace {

// From the reference libraries of the specification (standard-webhooks, test "sign function works").
constexpr std::string_view published_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

TEST(Signature, OfThePublishedVector) {
  EXPECT_EQ(signature({std::string(published_secret)}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                      "{\"test\": 2432232314}"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, OneForEachSecretWithABlankBetween) {
  sim::SimRandom random(3);
  const std::string other = make_webhook_secret(random);
  const std::string both = signature({other, std::string(published_secret)}, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                     1614265330, "{\"test\": 2432232314}");
  EXPECT_TRUE(both.ends_with(" v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")) << both;
  EXPECT_EQ(std::ranges::count(both, ' '), 1);
}

TEST(Signature, SecretsAreOf24To64Octets) {
  sim::SimRandom random(4);
  EXPECT_EQ(octets_of_secret(make_webhook_secret(random)).value().size(), 32u);
  EXPECT_TRUE(octets_of_secret("whsec_" + base64(std::string(24, 'x'))));
  EXPECT_TRUE(octets_of_secret("whsec_" + base64(std::string(64, 'x'))));
  EXPECT_FALSE(octets_of_secret("whsec_" + base64(std::string(23, 'x'))));
  EXPECT_FALSE(octets_of_secret("whsec_" + base64(std::string(65, 'x'))));
  EXPECT_FALSE(octets_of_secret(base64(std::string(32, 'x'))));
  EXPECT_FALSE(octets_of_secret("whsec_not*base64****************************"));
}

TEST(Base64, OfTheVectorsOfRfc4648) {
  for (const auto& [plain, packed] : {std::pair<std::string, std::string>{"", ""},
                                      {"f", "Zg=="},
                                      {"fo", "Zm8="},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg=="},
                                      {"fooba", "Zm9vYmE="},
                                      {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64(plain), packed);
    EXPECT_EQ(octets_of_base64(packed), plain);
  }
}

TEST(WebAddress, IsTakenApart) {
  const auto whole = parse_web_address("https://Hooks.Example.com:8443/a/b?c=d", false);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->host, "hooks.example.com");
  EXPECT_EQ(whole->port, 8443);
  EXPECT_EQ(whole->target, "/a/b?c=d");
  EXPECT_EQ(parse_web_address("https://h.cn", false)->target, "/");
  EXPECT_EQ(parse_web_address("https://h.cn?x", false)->target, "/?x");
  EXPECT_EQ(parse_web_address("https://[2001:db8::1]:99/", false)->host, "2001:db8::1");
  EXPECT_EQ(parse_web_address("http://h.cn/", true)->port, 80);
  EXPECT_TRUE(parse_web_address("https://h.cn/" + std::string(url_bytes_max - 13, 'x'), false));
}

TEST(WebAddress, RefusesWhatIsNotOne) {
  for (const std::string& text : {std::string("http://h.cn/"),
                                  std::string("ftp://h.cn/"),
                                  std::string("//h.cn/"),
                                  std::string("https://"),
                                  std::string("https:///x"),
                                  std::string("https://user@h.cn/"),
                                  std::string("https://user:pass@h.cn/"),
                                  std::string("https://h.cn/#x"),
                                  std::string("https://h.cn\\@evil.cn/"),
                                  std::string("https://h.cn/a b"),
                                  std::string("https://h.cn/\r\nHost: x"),
                                  std::string("https://127.1/"),
                                  std::string("https://2130706433/"),
                                  std::string("https://0x7f000001/"),
                                  std::string("https://0x7f.1/"),
                                  std::string("https://127.0.0.0001/"),
                                  std::string("https://h..cn/"),
                                  std::string("https://-h.cn/"),
                                  std::string("https://h.cn:0/"),
                                  std::string("https://h.cn:65536/"),
                                  std::string("https://h.cn:x/"),
                                  std::string("https://[::1/"),
                                  std::string("https://[h.cn]/"),
                                  std::string("https://[fe80::1%eth0]/"),
                                  std::string("https://\xe4\xb8\xad.cn/"),
                                  "https://h.cn/" + std::string(url_bytes_max - 12, 'x')}) {
    const auto address = parse_web_address(text, false);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().where, "/url");
  }
}

}  // namespace
}  // namespace tillwatch::notify
