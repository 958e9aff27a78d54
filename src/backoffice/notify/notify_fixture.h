// An empty store, a clock that stands where a test puts it, the outside simulated, and a few steps that every
// test here takes. Included by the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "notify/announcer.h"
#include "notify/bounds.h"
#include "notify/courier.h"
#include "notify/mail.h"
#include "notify/message.h"
#include "notify/webhook.h"
#include "sim/sim_outgoing.h"
#include "sim/sim_random.h"
#include "sql/store_fixture.h"

namespace tillwatch::notify {

class NotifyTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  template <class Work>
  auto in_transaction(Work work) -> decltype(work()) {
    auto transaction = sql::Transaction::begin(db_);
    EXPECT_TRUE(transaction.has_value());
    auto result = work();
    if (result) {
      EXPECT_TRUE(transaction->commit().has_value());
    }
    return result;
  }
  MadeWebhook webhook(std::string name = "crm", std::int64_t severity_min = 1) {
    const WebhookWish wish{std::move(name), "https://hooks.example.com/alerts?x=1", severity_min};
    auto made = in_transaction([&] { return make_webhook(db_, parts_, wish, "acc_1", now_); });
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().to_string());
    return made.value_or(MadeWebhook{});
  }
  findings::Alert alert(std::int64_t number, std::int64_t severity = 2) {
    findings::Alert one;
    one.id = findings::alert_id(number, 0);
    one.severity = severity;
    one.rule = "T06-split";
    one.typology = "T06";
    one.reason = "split";
    one.subject_kind = "merchant.id";
    one.subject = "M1";
    one.merchant = "M1";
    one.first_at = now_;
    one.currency = "CNY";
    return one;
  }
  void announce(std::int64_t number, std::int64_t severity = 2) {
    const auto status =
        in_transaction([&] { return announcer_.announce(db_, alert(number, severity), now_); });
    ASSERT_TRUE(status) << status.error().to_string();
  }
  void turn(Courier& courier) {
    const auto status = courier.turn(db_, now_, true);
    ASSERT_TRUE(status) << status.error().to_string();
  }
  Webhook look(const std::string& id) { return find_webhook(db_, id, now_).value().value(); }
  std::vector<Delivery> deliveries(const std::string& id) {
    return list_deliveries(db_, id, "", 1000).value();
  }
  std::int64_t acts(std::string_view kind) {
    return db_.query("select count(*) from outbox where kind = $1", {kind}).value()[0].integer(0);
  }

  sql::TestStore store_{GetParam()};
  sql::Connection& db_ = store_.connection();
  sim::SimRandom random_{20261126};
  core::TimeMs now_ = 1'783'000'000'000;
  crypto::DataKeys keys_ = crypto::DataKeys::generate(random_, now_);
  Parts parts_{keys_, random_};
  sim::SimOutgoing outgoing_;
  Announcer announcer_{random_};
};

}  // namespace tillwatch::notify
