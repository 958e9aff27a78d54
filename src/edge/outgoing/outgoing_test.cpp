// Which addresses may be sent to, and that nothing is connected to before that was asked. Transfers to real
// receivers are tests/integration/desk_messages.py.
#include <gtest/gtest.h>

#include <atomic>

#include "outgoing/reach.h"
#include "outgoing/sender.h"
#include "posix/resolver.h"

namespace tillwatch::outgoing {
namespace {

struct Row {
  const char* address;
  Reach reach;
};
constexpr Row table[] = {
    {"1.1.1.1", Reach::world},
    {"9.255.255.255", Reach::world},
    {"11.0.0.0", Reach::world},
    {"100.63.255.255", Reach::world},
    {"100.128.0.0", Reach::world},
    {"126.255.255.255", Reach::world},
    {"128.0.0.1", Reach::world},
    {"169.253.255.255", Reach::world},
    {"172.15.255.255", Reach::world},
    {"172.32.0.0", Reach::world},
    {"192.167.255.255", Reach::world},
    {"223.255.255.255", Reach::world},
    {"0.0.0.0", Reach::nowhere},
    {"0.1.2.3", Reach::nowhere},
    {"10.0.0.0", Reach::private_network},
    {"10.255.255.255", Reach::private_network},
    {"100.64.0.1", Reach::private_network},
    {"127.0.0.1", Reach::this_machine},
    {"127.255.255.254", Reach::this_machine},
    {"169.254.169.254", Reach::nowhere},
    {"172.16.0.1", Reach::private_network},
    {"172.31.255.255", Reach::private_network},
    {"192.0.0.8", Reach::nowhere},
    {"192.0.2.1", Reach::nowhere},
    {"192.168.1.1", Reach::private_network},
    {"198.18.0.1", Reach::nowhere},
    {"198.19.255.255", Reach::nowhere},
    {"203.0.113.9", Reach::nowhere},
    {"224.0.0.1", Reach::nowhere},
    {"239.255.255.255", Reach::nowhere},
    {"255.255.255.255", Reach::nowhere},
    {"::", Reach::nowhere},
    {"::1", Reach::this_machine},
    {"::2", Reach::nowhere},
    {"::127.0.0.1", Reach::nowhere},
    {"::ffff:127.0.0.1", Reach::this_machine},
    {"::ffff:10.1.2.3", Reach::private_network},
    {"::ffff:169.254.169.254", Reach::nowhere},
    {"::ffff:8.8.8.8", Reach::world},
    {"::ffff:0:127.0.0.1", Reach::nowhere},
    {"64:ff9b::7f00:1", Reach::this_machine},
    {"64:ff9b::808:808", Reach::world},
    {"64:ff9b:1::808:808", Reach::nowhere},
    {"100::1", Reach::nowhere},
    {"fe80::1", Reach::nowhere},
    {"febf::1", Reach::nowhere},
    {"fec0::1", Reach::nowhere},
    {"fc00::1", Reach::private_network},
    {"fd00:ec2::254", Reach::private_network},
    {"ff02::1", Reach::nowhere},
    {"2001::1", Reach::nowhere},
    {"2001:1ff::1", Reach::nowhere},
    {"2001:200::1", Reach::world},
    {"2001:db8::1", Reach::nowhere},
    {"2001:4860:4860::8888", Reach::world},
    {"2002:7f00:1::", Reach::nowhere},
    {"3fff::1", Reach::nowhere},
    {"3fff:1000::1", Reach::world},
    {"4000::1", Reach::nowhere},
};

TEST(Reach, OfEveryRange) {
  for (const Row& row : table) {
    const auto address = posix::numeric_address(row.address);
    ASSERT_TRUE(address.has_value()) << row.address;
    EXPECT_EQ(reach_of(address->bytes), row.reach) << row.address;
  }
}

class SenderTest : public ::testing::Test {
 protected:
  static posix::NetworkAddress address(const char* text) { return posix::numeric_address(text).value(); }
  Sender resolving(std::vector<posix::NetworkAddress> to) {
    return {[to = std::move(to), this](const std::string&) {
              ++asked_;
              return core::Result<std::vector<posix::NetworkAddress>>(to);
            },
            "", stopping_};
  }
  std::atomic<bool> stopping_{false};
  int asked_ = 0;
};

TEST_F(SenderTest, RefusesWhatIsNotTheWorldWithoutConnecting) {
  ports::OutgoingPost post;
  post.host = "hooks.example.com";
  for (const Row& row : table) {
    if (row.reach == Reach::world) continue;
    const auto result = resolving({address("1.1.1.1"), address(row.address)}).send(post);
    EXPECT_FALSE(result.good) << row.address;
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.trouble.find("refused"), std::string::npos) << row.address << ": " << result.trouble;
  }
}

TEST_F(SenderTest, EvenWhereNearIsAllowedNowhereIsNot) {
  ports::OutgoingPost post;
  post.host = "metadata.example.com";
  post.near_too = true;
  const auto result = resolving({address("169.254.169.254")}).send(post);
  EXPECT_NE(result.trouble.find("refused"), std::string::npos) << result.trouble;
}

// The forms in which the system's resolver takes loopback: they are judged by what they lead to.
TEST_F(SenderTest, OddFormsOfLoopbackAreRefused) {
  const Sender sender(posix::resolve, "", stopping_);
  for (const char* host : {"127.1", "2130706433", "0x7f000001", "017700000001", "localhost", "::1", "0"}) {
    ports::OutgoingPost post;
    post.host = host;
    const auto result = sender.send(post);
    EXPECT_FALSE(result.good) << host;
    EXPECT_TRUE(result.trouble.ends_with("refused") || result.trouble.ends_with("no address"))
        << host << ": " << result.trouble;
  }
}

TEST_F(SenderTest, MailWithoutTlsStaysOnThisMachine) {
  ports::OutgoingMail mail;
  mail.host = "mail.example.com";
  mail.security = ports::OutgoingMail::Security::none;
  mail.from = "desk@example.com";
  mail.to = "lin@example.com";
  for (const char* to : {"10.0.0.1", "1.1.1.1", "fd00::1"}) {
    const auto result = resolving({address(to)}).send(mail);
    EXPECT_NE(result.trouble.find("TLS"), std::string::npos) << result.trouble;
  }
  mail.security = ports::OutgoingMail::Security::tls;
  const auto result = resolving({address("169.254.169.254")}).send(mail);
  EXPECT_NE(result.trouble.find("refused"), std::string::npos) << result.trouble;
}

// The names exist nowhere: only a connection that is pinned to the judged address gets as far as a port that
// nobody listens on.
TEST_F(SenderTest, TheConnectionGoesToTheAddressThatWasJudged) {
  ports::OutgoingPost post;
  post.tls = false;
  post.host = "pinned.invalid";
  post.port = 1;
  post.near_too = true;
  EXPECT_EQ(resolving({address("127.0.0.1")}).send(post).trouble, "nobody answers at the receiver's address");
  post.host = "127.2";  // which other programs read as an address of its own
  EXPECT_EQ(resolving({address("127.0.0.1")}).send(post).trouble, "nobody answers at the receiver's address");
  ports::OutgoingMail mail;
  mail.host = "pinned.invalid";
  mail.port = 1;
  mail.security = ports::OutgoingMail::Security::none;
  mail.from = "desk@example.com";
  mail.to = "lin@example.com";
  EXPECT_EQ(resolving({address("127.0.0.1")}).send(mail).trouble, "nobody answers at the receiver's address");
  EXPECT_EQ(asked_, 3) << "each name is resolved once";
}

TEST_F(SenderTest, ANameWithoutAddressIsTold) {
  ports::OutgoingPost post;
  post.host = "nobody.invalid";
  const Sender sender(
      [](const std::string&) -> core::Result<std::vector<posix::NetworkAddress>> {
        return core::fail(core::ErrorCode::unavailable, "", "the receiver's name has no address");
      },
      "", stopping_);
  EXPECT_EQ(sender.send(post).trouble, "the receiver's name has no address");
}

}  // namespace
}  // namespace tillwatch::outgoing
