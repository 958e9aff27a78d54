// Mail: one digest in a period however many alerts come, each in its reader's language and part; no header
// out of a text, no card number.
#include <fmt/format.h>

#include "access/account.h"
#include "access/dormancy.h"
#include "access/parts.h"
#include "notify/digest.h"
#include "notify/mail_text.h"
#include "notify/notify_fixture.h"
#include "notify/sealing.h"
#include "notify/signature.h"

namespace tillwatch::notify {
namespace {

class NoHash final : public access::PasswordHash {
 public:
  core::Result<std::string> make(std::string_view) override { return std::string("x"); }
  bool matches(std::string_view, std::string_view) override { return false; }
  bool outdated(std::string_view) override { return false; }
};

class MailTest : public NotifyTest {
 protected:
  std::string person(std::string name, std::string language, std::string role = "owner") {
    access::NewAccount wish;
    wish.sign_in = name;
    wish.shown_name = name;
    wish.language = std::move(language);
    wish.password = "x";
    wish.grants = {{std::move(role), "*", "", now_}};
    const access::Parts access{keys_, random_, hash_, 15};
    return in_transaction([&] { return access::create_account(db_, access, wish, "system", now_); }).value();
  }
  core::Result<std::int64_t> set(std::vector<MailReceiver> receivers, std::int64_t version = 0) {
    MailWish wish;
    wish.server = {version, "mail.example.cn", 587, "start_tls", "desk", "a secret word", "desk@example.cn"};
    wish.receivers = std::move(receivers);
    return in_transaction([&] { return set_mail(db_, parts_, wish, "acc_1", now_); });
  }
  static MailReceiver receiver(const std::string& account, std::int64_t severity = 1) {
    return {account, account.substr(0, 6) + "@example.cn", severity, 15, "", 0};
  }
  void open_alert(std::int64_t number, std::int64_t severity = 2, std::string_view agent = "",
                  std::string_view subject = "M1") {
    const std::string id = findings::alert_id(number, 0);
    ASSERT_TRUE(db_.execute(
        "insert into findings_alert (id, version, state, severity, subject_kind, subject, rule, typology,"
        " reason, agent, period, opened_sequence, first_at, last_at, decisions, snoozed_decisions,"
        " cooled_decisions, declined, amount, currency, assignee, verdict, cool_until, act)"
        " values ($1, 1, 'open', $2, 'merchant.id', $3, 'T06-split', 'T06', 'split', $4, 0, $5, $6, $6, 1, 0,"
        " 0, 0, 100, 'CNY', '', '', 0, 0)",
        {id, severity, subject, agent, number, now_}));
  }
  static std::string text_of(const ports::OutgoingMail& mail) {
    const std::size_t at = mail.content.find("\r\n\r\n") + 4;
    std::string packed;
    for (const char c : mail.content.substr(at))
      if (c != '\r' && c != '\n') packed += c;
    return octets_of_base64(packed).value();
  }
  ports::OutgoingMail next_mail(Courier& courier) {
    turn(courier);
    EXPECT_EQ(outgoing_.waiting.size(), 1u);
    if (outgoing_.waiting.empty()) return {};
    auto mail = std::get<ports::OutgoingMail>(outgoing_.end(250).request);
    turn(courier);
    return mail;
  }
  NoHash hash_;
};

TEST_P(MailTest, AFloodIsOneMailInAPeriod) {
  const std::string chen = person("chen", "zh");
  ASSERT_TRUE(set({receiver(chen)}));
  ASSERT_TRUE(in_transaction([&]() -> core::Status {
    for (int i = 0; i < 1500; ++i) open_alert(i + 1, i == 700 ? 4 : 1);
    return {};
  }));
  Courier courier(parts_, outgoing_);
  const ports::OutgoingMail mail = next_mail(courier);
  EXPECT_EQ(mail.host, "mail.example.cn");
  EXPECT_EQ(mail.password, "a secret word");
  EXPECT_EQ(mail.security, ports::OutgoingMail::Security::start_tls);
  const std::string text = text_of(mail);
  EXPECT_NE(text.find("严重"), std::string::npos) << "the gravest is shown: " << text;
  EXPECT_EQ(std::ranges::count(text, '['), static_cast<std::ptrdiff_t>(digest_alerts_shown));
  for (int i = 0; i < 14; ++i) {
    now_ += core::minute_ms;
    open_alert(2000 + i);
    turn(courier);
    EXPECT_TRUE(outgoing_.waiting.empty()) << "minute " << i;
  }
  now_ += core::minute_ms;
  EXPECT_NE(text_of(next_mail(courier)).find("T06-split"), std::string::npos);
  now_ += core::hour_ms;
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty()) << "nothing new, no mail";
}

TEST_P(MailTest, EachInHisLanguageOfHisPart) {
  const std::string chen = person("chen", "zh");
  const std::string lin = person("lin", "en");
  const std::string clerk = person("clerk", "en", "administrator");  // who may not read alerts
  open_alert(1);
  ASSERT_TRUE(set({receiver(chen), receiver(lin, 3), receiver(clerk)}));
  Courier courier(parts_, outgoing_);
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty()) << "what was there before is not told";
  open_alert(2);
  const std::string first = text_of(next_mail(courier));
  EXPECT_NE(first.find("登录"), std::string::npos) << first;
  open_alert(3, 3);
  const std::string second = text_of(next_mail(courier));
  EXPECT_NE(second.find("Sign in"), std::string::npos) << second;
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty());
}

TEST_P(MailTest, WhoKeepsWebhooksIsToldOfOneThatWasDisabled) {
  const std::string clerk = person("clerk", "en", "administrator");
  ASSERT_TRUE(set({receiver(clerk)}));
  const MadeWebhook made = webhook("the \"crm\"");
  announce(1);
  now_ += core::minute_ms;
  Courier courier(parts_, outgoing_);
  turn(courier);
  outgoing_.end(410);
  const std::string text = text_of(next_mail(courier));
  EXPECT_NE(text.find("the \"crm\""), std::string::npos) << text;
  now_ += core::hour_ms;
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty()) << "once";
}

TEST_P(MailTest, WhoStaysAwayIsToldBeforeHisAccountRests) {
  person("chen", "zh");
  const std::string lin = person("lin", "en");
  ASSERT_TRUE(set({receiver(lin)}));
  Courier courier(parts_, outgoing_);
  now_ += access::dormant_after_ms - access::dormant_warning_ms;
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty());
  now_ += core::hour_ms;
  EXPECT_EQ(access::rest_unused_accounts(db_, now_)->warned, 2);
  const std::string text = text_of(next_mail(courier));
  EXPECT_NE(text.find("Sign in once"), std::string::npos) << text;
  now_ += core::hour_ms;
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty()) << "once";
}

TEST_P(MailTest, AnAlertIsToldWithTheTimeOfItsPayments) {
  findings::Alert one = alert(1);
  one.first_at = now_;
  one.first_happened_at = now_ - core::day_ms;
  const DigestText text = digest_text({one}, {}, false);
  EXPECT_NE(text.body.find("07-01 21:46"), std::string::npos) << text.body;
}

TEST_P(MailTest, NoHeaderComesOutOfATextAndNoCardNumberLeaves) {
  const std::string number = "4111 1111 " + std::string("1111 1111");
  findings::Alert one = alert(1);
  one.subject = "M1\r\nBcc: everybody@example.com\r\n\r\n" + number;
  const DigestText text = digest_text({one}, {"x\r\nBcc: y"}, false);
  EXPECT_EQ(text.body.find("1111 1111 1111"), std::string::npos) << text.body;
  const std::string subject = "very long \r\nBcc: evil@example.com" + std::string(200, 'x') + "告警";
  const std::string content =
      mail_content({"desk@example.cn", "lin@example.cn", "msg_1", subject, text.body, now_});
  const std::string head = content.substr(0, content.find("\r\n\r\n"));
  EXPECT_EQ(head.find("Bcc"), std::string::npos) << head;
  EXPECT_EQ(content.find("Bcc"), std::string::npos);
  std::size_t longest = 0;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = content.find("\r\n", at);
    ASSERT_NE(end, std::string::npos) << "every line ends with CRLF";
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  EXPECT_LE(longest, 78u);
  EXPECT_NE(head.find("Date: Thu, 02 Jul 2026 13:46:40 +0000"), std::string::npos) << head;
}

TEST_P(MailTest, WhatMayNotBeSet) {
  const std::string chen = person("chen", "zh");
  for (const char* address :
       {"", "chen", "@example.cn", "chen@", "chen@example.cn\r\nBcc: x@y.cn", "a@b.cn,c@d.cn", "<a@b.cn>",
        "a b@c.cn", "a@b@c.cn", "\"a\"@b.cn", "a@b..cn", "a@-b.cn", "-f@b.cn"}) {
    EXPECT_FALSE(is_mail_address(address)) << address;
    MailReceiver one = receiver(chen);
    one.address = address;
    EXPECT_EQ(set({one}).error().where, "/receivers/0/address");
  }
  EXPECT_TRUE(is_mail_address("chen.wei+desk@mail.example.com.cn"));
  EXPECT_EQ(set({receiver("acc_none")}).error().where, "/receivers/0/account");
  EXPECT_EQ(set({receiver(chen), receiver(chen)}).error().where, "/receivers/1/account");
  MailReceiver hasty = receiver(chen);
  hasty.every_minutes = 4;
  EXPECT_EQ(set({hasty}).error().where, "/receivers/0/every_minutes");
  ASSERT_TRUE(set({receiver(chen)}));
  EXPECT_EQ(set({receiver(chen)}).error().code, core::ErrorCode::conflict);
  MailWish elsewhere;
  elsewhere.server = {1, "other.example.cn", 587, "tls", "desk", "", "desk@example.cn"};
  elsewhere.keep_password = true;
  const auto refused = in_transaction([&] { return set_mail(db_, parts_, elsewhere, "acc_1", now_); });
  EXPECT_EQ(refused.error().where, "/server/password") << "a password goes to no other server";
  elsewhere.server.host = "mail.example.cn";
  ASSERT_TRUE(in_transaction([&] { return set_mail(db_, parts_, elsewhere, "acc_1", now_); }));
  EXPECT_EQ(mail_server(db_, keys_).value().value().password, "a secret word");
}

TEST_P(MailTest, SecretsAreSealedAnewUnderANewKey) {
  const std::string chen = person("chen", "zh");
  ASSERT_TRUE(set({receiver(chen)}));
  const MadeWebhook made = webhook();
  ASSERT_TRUE(keys_.rotate(random_, now_));
  ASSERT_TRUE(seal_anew(db_, keys_, random_));
  ASSERT_TRUE(keys_.retire(1));
  EXPECT_EQ(living_secrets(db_, keys_, made.id, now_).value(), std::vector{made.secret});
  EXPECT_EQ(mail_server(db_, keys_).value().value().password, "a secret word");
  EXPECT_EQ(mail_receivers(db_, keys_).value().at(0).address, receiver(chen).address);
}

INSTANTIATE_TEST_SUITE_P(Engines, MailTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

}  // namespace
}  // namespace tillwatch::notify
