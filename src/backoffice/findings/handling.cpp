#include "findings/handling.h"

#include "core/office_limits.h"
#include "json/writer.h"
#include "payment/card_digits.h"
#include "payment/entry.h"
#include "relay/act.h"

namespace tillwatch::findings {
namespace {

using core::ErrorCode;
using payment::AttributeId;
using payment::Value;

core::Status check_text(std::string_view where, std::string_view text) {
  if (text.empty() || text.size() > core::limits::desk_text_bytes_max)
    return core::fail(ErrorCode::invalid, std::string(where),
                      "expected 1 to " + std::to_string(core::limits::desk_text_bytes_max) + " bytes");
  return {};
}

core::Result<Alert> current(sql::Connection& connection, const Author& author, std::string_view id,
                            std::int64_t version) {
  TRY(alert, find(connection, author.scope, id));
  if (!alert) return core::fail(ErrorCode::not_found, "", "there is no such alert");
  if (version != 0 && alert->version != version)
    return core::fail(ErrorCode::conflict, "/version",
                      "somebody changed this alert meanwhile: read it again and repeat your step");
  return std::move(*alert);
}

core::Result<std::int64_t> tell(sql::Connection& connection, const Author& author, const Alert& alert,
                                std::string_view action, std::string_view detail,
                                const payment::EntryBuilder* entry) {
  const std::string kind = "alert." + std::string(action);
  const std::string subject = "alert:" + alert.id;
  return relay::append(connection, {.kind = kind,
                                    .actor = author.account,
                                    .subject = subject,
                                    .detail = detail,
                                    .at = author.now,
                                    .entry = entry});
}

// What was done, as people read it later. The text stays in this database: all that people write about an
// alert passes here, and leaves its card numbers.
core::Status remember(sql::Connection& connection, const Author& author, const Alert& alert, std::int64_t act,
                      std::string_view action, std::string_view value, std::string_view text) {
  const std::string words = payment::masked_digit_runs(text);
  TRY_STATUS(connection.execute(
      "insert into findings_event (alert, act, at, actor, action, value, note)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      {std::string_view(alert.id), act, author.now, author.account, action, value, std::string_view(words)}));
  TRY_STATUS(connection.execute("update findings_alert set version = version + 1, act = $2 where id = $1",
                                {std::string_view(alert.id), act}));
  return {};
}

std::string detail_of(std::string_view name, std::string_view value) {
  std::string text;
  json::Writer(text).begin_object().member(name, value).end_object();
  return text;
}

// A label for one transaction: it names the caller's id, and admission completes it from there.
payment::EntryBuilder label_of(const AlertDecision& decision, std::string_view verdict,
                               std::string_view typology) {
  payment::EntryBuilder entry;
  entry.header.kind = payment::EntryKind::label;
  entry.header.flags = payment::flag_event_time_missing;
  if (!decision.client.empty()) entry.set(AttributeId::client, Value::of(std::string_view(decision.client)));
  entry.set(AttributeId::tx_original_id, Value::of(std::string_view(decision.request_id)));
  entry.set(AttributeId::label_fraud, Value::of(verdict == "fraud"));
  entry.set(AttributeId::label_type, Value::of(typology.empty() ? verdict : typology));
  entry.set(AttributeId::label_source, Value::of("desk"));
  return entry;
}

core::Result<std::int64_t> send_labels(sql::Connection& connection, const Author& author, const Alert& alert,
                                       std::string_view verdict, std::int64_t& last_act) {
  std::int64_t sent = 0;
  if (verdict == "unsure") return sent;
  TRY(decisions, decisions_of(connection, alert.id));
  for (const AlertDecision& decision : decisions) {
    if (decision.request_id.empty()) continue;
    const payment::EntryBuilder label = label_of(decision, verdict, alert.typology);
    TRY(act, tell(connection, author, alert, "labelled", "", &label));
    last_act = act;
    ++sent;
  }
  return sent;
}

core::Status count_verdict(sql::Connection& connection, const Alert& alert, std::string_view verdict) {
  // Columns of ours, chosen by words that judge() has checked.
  const auto move = [&](std::string_view word, std::string_view by) {
    const std::string column(word);
    return connection.execute(
        "update findings_rule set " + column + " = " + column + std::string(by) + " where rule = $1",
        {std::string_view(alert.rule)});
  };
  if (!alert.verdict.empty()) TRY_STATUS(move(alert.verdict, " - 1"));
  TRY_STATUS(move(verdict, " + 1"));
  return {};
}

}  // namespace

core::Result<Done> assign(sql::Connection& connection, const Author& author, std::string_view id,
                          std::int64_t version, std::string_view assignee) {
  TRY(alert, current(connection, author, id, version));
  if (alert.assignee == assignee) return Done{alert.version, 0, 0};
  TRY_STATUS(connection.execute("update findings_alert set assignee = $2 where id = $1",
                                {std::string_view(alert.id), assignee}));
  TRY(act, tell(connection, author, alert, "assigned", detail_of("assignee", assignee), nullptr));
  TRY_STATUS(remember(connection, author, alert, act, "assigned", assignee, ""));
  return Done{alert.version + 1, act, 0};
}

core::Result<Done> snooze(sql::Connection& connection, const Author& author, std::string_view id,
                          std::int64_t version, core::TimeMs until, std::string_view reason) {
  TRY_STATUS(check_text("/reason", reason));
  if (until <= author.now || until > author.now + snooze_ms_max)
    return core::fail(ErrorCode::invalid, "/until",
                      "an alert is put off by at most 90 days, to a time to come");
  TRY(alert, current(connection, author, id, version));
  if (alert.state == "closed")
    return core::fail(ErrorCode::conflict, "", "this alert is closed: give another verdict instead");
  TRY_STATUS(
      connection.execute("update findings_alert set state = 'snoozed', snoozed_until = $2 where id = $1",
                         {std::string_view(alert.id), until}));
  const std::string time = core::format_time(until);
  TRY(act, tell(connection, author, alert, "snoozed", detail_of("until", time), nullptr));
  TRY_STATUS(remember(connection, author, alert, act, "snoozed", time, reason));
  return Done{alert.version + 1, act, 0};
}

core::Result<Done> note(sql::Connection& connection, const Author& author, std::string_view id,
                        std::string_view text) {
  TRY_STATUS(check_text("/text", text));
  TRY(alert, current(connection, author, id, 0));
  TRY(act, tell(connection, author, alert, "noted", "", nullptr));
  TRY_STATUS(remember(connection, author, alert, act, "noted", "", text));
  return Done{alert.version + 1, act, 0};
}

core::Result<Done> judge(sql::Connection& connection, const Author& author, std::string_view id,
                         std::int64_t version, std::string_view verdict, std::string_view reason,
                         const Grouping& grouping) {
  if (verdict != "fraud" && verdict != "good" && verdict != "unsure")
    return core::fail(ErrorCode::invalid, "/verdict", "expected fraud, good or unsure");
  TRY_STATUS(check_text("/reason", reason));
  TRY(alert, current(connection, author, id, version));
  TRY_STATUS(connection.execute(
      "update findings_alert set state = 'closed', snoozed_until = null, verdict = $2, verdict_by = $3,"
      " verdict_at = $4, cool_until = $5 where id = $1",
      {std::string_view(alert.id), verdict, author.account, author.now,
       author.now + grouping.cool_down(verdict)}));
  TRY_STATUS(count_verdict(connection, alert, verdict));
  TRY(act, tell(connection, author, alert, "judged", detail_of("verdict", verdict), nullptr));
  std::int64_t last_act = act;
  TRY(labels, send_labels(connection, author, alert, verdict, last_act));
  TRY_STATUS(remember(connection, author, alert, last_act, "judged", verdict, reason));
  return Done{alert.version + 1, last_act, labels};
}

}  // namespace tillwatch::findings
