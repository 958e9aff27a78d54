// Deliveries on a simulated clock: the schedule of tries, giving up, rotation, bounds, and what a crash
// leaves.
#include <algorithm>

#include "notify/notify_fixture.h"
#include "notify/signature.h"

namespace tillwatch::notify {
namespace {

const ports::OutgoingPost& post_of(const sim::SimOutgoing::Sent& sent) {
  return std::get<ports::OutgoingPost>(sent.request);
}
std::string field(const ports::OutgoingPost& post, std::string_view name) {
  for (const auto& [key, value] : post.fields)
    if (key == name) return value;
  return "";
}

TEST_P(NotifyTest, AnAlertReachesTheReceiverSigned) {
  const MadeWebhook made = webhook();
  announce(1);
  Courier courier(parts_, outgoing_);
  turn(courier);
  ASSERT_EQ(outgoing_.waiting.size(), 1u);
  const auto sent = outgoing_.end(204);
  const ports::OutgoingPost& post = post_of(sent);
  EXPECT_TRUE(post.tls);
  EXPECT_FALSE(post.near_too);
  EXPECT_EQ(post.host, "hooks.example.com");
  EXPECT_EQ(post.target, "/alerts?x=1");
  EXPECT_NE(post.body.find("\"type\":\"alert.opened\""), std::string::npos) << post.body;
  const std::string id = field(post, "webhook-id");
  EXPECT_EQ(field(post, "webhook-signature"),
            signature({made.secret}, id, std::stoll(field(post, "webhook-timestamp")), post.body));
  turn(courier);
  const auto log = deliveries(made.id);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].message.state, "delivered");
  EXPECT_EQ(log[0].message.id, id);
  ASSERT_EQ(log[0].tries.size(), 1u);
  EXPECT_EQ(log[0].tries[0].status, 204);
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty());
}

TEST_P(NotifyTest, TriesAreAsFarApartAsTheSpecificationProposes) {
  const MadeWebhook made = webhook();
  announce(1);
  Courier courier(parts_, outgoing_);
  std::string id;
  for (std::size_t attempt = 0; attempt <= retry_ms.size(); ++attempt) {
    turn(courier);
    ASSERT_EQ(outgoing_.waiting.size(), 1u) << attempt;
    const auto sent = outgoing_.end(attempt % 2 == 0 ? 500 : 0);
    if (attempt == 0) id = field(post_of(sent), "webhook-id");
    EXPECT_EQ(field(post_of(sent), "webhook-id"), id) << "the same message keeps its id";
    EXPECT_EQ(field(post_of(sent), "webhook-timestamp"), std::to_string(now_ / 1000));
    turn(courier);
    if (attempt == retry_ms.size()) break;
    const core::DurationMs wait = deliveries(made.id)[0].message.due_at - now_;
    EXPECT_GE(wait, retry_ms[attempt]);
    EXPECT_LE(wait, retry_ms[attempt] * 6 / 5);
    now_ += retry_ms[attempt] - 1;
    turn(courier);
    EXPECT_TRUE(outgoing_.waiting.empty()) << "too early: " << attempt;
    now_ += retry_ms[attempt] / 5 + 1;
  }
  const auto log = deliveries(made.id);
  EXPECT_EQ(log[0].message.state, "given_up");
  EXPECT_EQ(log[0].tries.size(), static_cast<std::size_t>(tries_max));
  const Webhook after = look(made.id);
  EXPECT_EQ(after.state, "disabled");
  EXPECT_EQ(after.failures, tries_max);
  EXPECT_EQ(acts("webhook.disabled"), 1);
  EXPECT_EQ(courier.take_disabled(), 1);
  announce(2);
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty()) << "nothing is made for one that is disabled";
}

TEST_P(NotifyTest, OneThatStillTakesSomethingIsNotDisabled) {
  const MadeWebhook made = webhook();
  announce(1);
  Courier courier(parts_, outgoing_);
  for (std::size_t attempt = 0; attempt <= retry_ms.size(); ++attempt) {
    turn(courier);
    outgoing_.end(503);
    turn(courier);
    if (attempt == 3) {
      announce(2);
      turn(courier);
      outgoing_.end(200);
      turn(courier);
      EXPECT_EQ(look(made.id).failures, 0);
    }
    if (attempt < retry_ms.size()) now_ += retry_ms[attempt] * 6 / 5;
  }
  const auto log = deliveries(made.id);
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[1].message.state, "given_up");
  EXPECT_EQ(look(made.id).state, "on");
  EXPECT_EQ(acts("webhook.disabled"), 0);
}

TEST_P(NotifyTest, GoneMeansGone) {
  const MadeWebhook made = webhook();
  announce(1);
  Courier courier(parts_, outgoing_);
  turn(courier);
  outgoing_.end(410);
  turn(courier);
  EXPECT_EQ(look(made.id).state, "disabled");
  EXPECT_EQ(acts("webhook.disabled"), 1);
  now_ += core::day_ms;
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty());
  // Somebody mends it: what waited is due now.
  const auto version = in_transaction([&] {
    return change_webhook(db_, parts_, made.id, look(made.id).version, {{}, {}, {}, true}, "acc_1", now_);
  });
  ASSERT_TRUE(version) << version.error().to_string();
  turn(courier);
  EXPECT_EQ(outgoing_.waiting.size(), 1u);
}

// The process dies between the alert and its delivery, and again between the delivery and its note: the
// message is there afterwards, and goes out again under its id.
TEST_P(NotifyTest, ACrashLosesNoMessage) {
  const MadeWebhook made = webhook();
  announce(1);
  std::string id;
  {
    Courier courier(parts_, outgoing_);
    turn(courier);
    ASSERT_EQ(outgoing_.waiting.size(), 1u);
    id = field(post_of(outgoing_.end(200)), "webhook-id");
  }
  outgoing_.forget();
  Courier courier(parts_, outgoing_);
  turn(courier);
  ASSERT_EQ(outgoing_.waiting.size(), 1u);
  EXPECT_EQ(field(post_of(outgoing_.end(200)), "webhook-id"), id);
  turn(courier);
  EXPECT_EQ(deliveries(made.id)[0].message.state, "delivered");
  // The transaction of the alert is rolled back: no message of it.
  {
    auto transaction = sql::Transaction::begin(db_);
    ASSERT_TRUE(announcer_.announce(db_, alert(2), now_));
  }
  EXPECT_EQ(deliveries(made.id).size(), 1u);
}

TEST_P(NotifyTest, OneAtATimeForEachReceiverAndNoMoreThanThereIsRoom) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(webhook("w" + std::to_string(i)).id);
  for (int i = 0; i < 5; ++i) announce(i);
  Courier courier(parts_, outgoing_);
  turn(courier);
  turn(courier);
  EXPECT_EQ(outgoing_.waiting.size(), 3u);
  outgoing_.capacity = 2;
  while (!outgoing_.waiting.empty()) outgoing_.end(200);
  turn(courier);
  EXPECT_EQ(outgoing_.waiting.size(), 2u);
  for (int i = 0; i < 20; ++i) {
    while (!outgoing_.waiting.empty()) outgoing_.end(200);
    turn(courier);
  }
  EXPECT_EQ(outgoing_.handed, 15u);
}

TEST_P(NotifyTest, SeveralSecretsSignUntilTheOldOnesEnd) {
  const MadeWebhook made = webhook();
  const auto rotate = [&](core::TimeMs until) {
    return in_transaction([&] { return rotate_secret(db_, parts_, made.id, until, "acc_1", now_); });
  };
  EXPECT_EQ(rotate(now_ - 1).error().where, "/old_until");
  EXPECT_EQ(rotate(now_ + old_secret_ms_max + 1).error().where, "/old_until");
  const auto second = rotate(now_ + core::day_ms);
  ASSERT_TRUE(second);
  now_ += 10;
  EXPECT_EQ(living_secrets(db_, keys_, made.id, now_).value(), (std::vector{*second, made.secret}));
  const auto third = rotate(now_ + core::hour_ms);
  ASSERT_TRUE(third);
  now_ += 10;
  EXPECT_EQ(rotate(now_).error().code, core::ErrorCode::conflict) << "three are alive";
  EXPECT_EQ(look(made.id).secrets, 3);
  now_ += core::hour_ms;
  EXPECT_EQ(living_secrets(db_, keys_, made.id, now_).value(), std::vector{*third});
  const auto rows = db_.query("select secret from notify_secret").value();
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(rows[i].text(0).find("whsec_"), std::string_view::npos) << "sealed";
}

TEST_P(NotifyTest, TheBacklogIsBoundedAndSaysSo) {
  const MadeWebhook made = webhook();
  ASSERT_TRUE(in_transaction([&]() -> core::Status {
    for (std::int64_t i = 1; i < waiting_max; ++i)
      TRY_STATUS(enqueue(db_, random_, Channel::webhook, made.id, "alert.opened", "", "{}", now_));
    return {};
  }));
  announce(1);
  EXPECT_EQ(look(made.id).dropped, 0);
  EXPECT_EQ(waiting(db_, made.id).value(), waiting_max);
  announce(2);
  EXPECT_EQ(look(made.id).dropped, 1);
  EXPECT_EQ(waiting(db_, made.id).value(), waiting_max);
}

TEST_P(NotifyTest, TheLogForgetsWhatIsOld) {
  const MadeWebhook made = webhook();
  announce(1);
  Courier courier(parts_, outgoing_);
  turn(courier);
  outgoing_.end(200);
  turn(courier);
  now_ += keep_settled_ms;
  turn(courier);
  EXPECT_EQ(deliveries(made.id).size(), 1u);
  now_ += 2 * core::minute_ms;
  turn(courier);
  EXPECT_TRUE(deliveries(made.id).empty());
}

TEST_P(NotifyTest, SeverityAndBeingOffAreObeyed) {
  const MadeWebhook grave = webhook("grave", 3);
  announce(1, 2);
  EXPECT_TRUE(deliveries(grave.id).empty());
  announce(2, 3);
  EXPECT_EQ(deliveries(grave.id).size(), 1u);
  ASSERT_TRUE(in_transaction(
      [&] { return change_webhook(db_, parts_, grave.id, 1, {{}, {}, {}, false}, "acc_1", now_); }));
  announce(3, 4);
  EXPECT_EQ(deliveries(grave.id).size(), 1u);
  Courier courier(parts_, outgoing_);
  turn(courier);
  EXPECT_TRUE(outgoing_.waiting.empty());
  EXPECT_EQ(in_transaction(
                [&] { return change_webhook(db_, parts_, grave.id, 1, {"x", {}, {}, {}}, "acc_1", now_); })
                .error()
                .code,
            core::ErrorCode::conflict);
  ASSERT_TRUE(in_transaction([&] { return remove_webhook(db_, grave.id, "acc_1", now_); }));
  EXPECT_TRUE(deliveries(grave.id).empty());
}

TEST_P(NotifyTest, ThereAreAtMostTwenty) {
  for (std::size_t i = 0; i < webhooks_max; ++i) webhook("w" + std::to_string(i));
  const WebhookWish wish{"one more", "https://hooks.example.com/", 1};
  EXPECT_EQ(in_transaction([&] { return make_webhook(db_, parts_, wish, "acc_1", now_); }).error().code,
            core::ErrorCode::limit);
}

INSTANTIATE_TEST_SUITE_P(Engines, NotifyTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

}  // namespace
}  // namespace tillwatch::notify
