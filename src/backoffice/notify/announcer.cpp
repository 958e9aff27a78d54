#include "notify/announcer.h"

#include "json/writer.h"
#include "notify/bounds.h"
#include "notify/message.h"
#include "notify/webhook.h"
#include "payment/card_digits.h"

namespace tillwatch::notify {

std::string alert_body(const findings::Alert& alert) {
  std::string reason = alert.reason.substr(0, 1000);
  payment::mask_digit_runs(reason);
  std::string text;
  json::Writer out(text);
  out.begin_object().member("type", "alert.opened").member("timestamp", core::format_time(alert.first_at));
  out.key("data").begin_object().member("alert", alert.id).member("severity", alert.severity);
  out.member("rule", alert.rule).member("typology", alert.typology).member("reason", reason);
  out.key("subject")
      .begin_object()
      .member("kind", alert.subject_kind)
      .member("id", alert.subject)
      .end_object();
  out.member("merchant", alert.merchant).member("terminal", alert.terminal).member("agent", alert.agent);
  out.key("amount").begin_object().member("minor", alert.amount).member("currency", alert.currency);
  out.end_object().end_object().end_object();
  return text;
}

core::Status Announcer::announce(sql::Connection& connection, const findings::Alert& alert,
                                 core::TimeMs now) {
  TRY(webhooks, list_webhooks(connection, now));
  std::string body;
  for (const Webhook& webhook : webhooks) {
    if (webhook.state != "on" || alert.severity < webhook.severity_min) continue;
    TRY(count, waiting(connection, webhook.id));
    if (count >= waiting_max) {
      TRY_STATUS(
          connection.execute("update notify_webhook set dropped = dropped + 1 where id = $1", {webhook.id}));
      continue;
    }
    if (body.empty()) body = alert_body(alert);
    TRY_STATUS(enqueue(connection, random_, Channel::webhook, webhook.id, "alert.opened", "", body, now));
  }
  return {};
}

core::Status Announcer::project(sql::Connection& connection, const relay::ProjectedRecord& record) {
  if (record.decision == nullptr || record.entry.header().history()) return {};
  bool live = false;
  for (const engine::RuleHit& hit : record.decision->hits) live = live || !hit.shadow;
  if (!live) return {};
  TRY(alerts, findings::opened_by(connection, record.sequence));
  for (const findings::Alert& alert : alerts)
    TRY_STATUS(announce(connection, alert, record.entry.header().admitted_at));
  return {};
}

}  // namespace tillwatch::notify
