#include "findings/inbox.h"

#include <array>
#include <string>

#include "registry/seen.h"
#include "relay/storable.h"
#include "relay/sums.h"

namespace tillwatch::findings {
namespace {

using payment::AttributeId;
using payment::EntryView;
using sql::Parameter;

Parameter optional_text(std::string_view text) {
  return text.empty() ? Parameter(std::monostate()) : Parameter(text);
}

// Whom a finding is about: the merchant where there is one, else what stands nearest.
void name_subject(const EntryView& entry, relay::StorableTexts& texts, Hit& hit, std::string_view card) {
  constexpr std::array<std::pair<AttributeId, std::string_view>, 5> kinds{{
      {AttributeId::merchant_id, "merchant.id"},
      {AttributeId::terminal_serial, "terminal.serial"},
      {AttributeId::agent_id, "agent.id"},
      {AttributeId::user_id, "user.id"},
      {AttributeId::channel_id, "channel.id"},
  }};
  for (const auto& [id, name] : kinds) {
    if (!entry.has(id)) continue;
    hit.subject_kind = name;
    hit.subject = texts.of(entry.text(id));
    return;
  }
  hit.subject_kind = "card.id";
  hit.subject = card;
}

// Whose it is: the registered merchant's or terminal's agent, else the one that the entry names.
core::Result<std::string> owner_of(sql::Connection& connection, const EntryView& entry,
                                   relay::StorableTexts& texts) {
  constexpr std::string_view by_merchant =
      "select coalesce(m.agent, '') from registry_merchant_number n join registry_merchant m on m.id = "
      "n.merchant"
      " where n.number = $1";
  constexpr std::string_view by_terminal = "select coalesce(agent, '') from registry_terminal where id = $1";
  for (const auto& [statement, id] : {std::pair(by_merchant, AttributeId::merchant_id),
                                      std::pair(by_terminal, AttributeId::terminal_serial)}) {
    if (!entry.has(id)) continue;
    TRY(rows, connection.query(statement, {texts.of(entry.text(id))}));
    if (!rows.empty()) return std::string(rows[0].text(0));
  }
  if (!entry.has(AttributeId::agent_id)) return std::string();
  TRY(agent,
      registry::id_by_code(connection, registry::Entity::agent, texts.of(entry.text(AttributeId::agent_id))));
  return agent.value_or("");
}

std::int64_t amount_of(const EntryView& entry) {
  for (const AttributeId id : {AttributeId::amount_base, AttributeId::amount})
    if (entry.has(id)) return entry.get(id).integer();
  return 0;
}

// Where the decision number `count` (from 0) is kept: the first ones for good, the later ones in a ring.
std::int64_t slot_of(std::int64_t count) {
  if (count < decisions_kept_first) return count;
  return decisions_kept_first + (count - decisions_kept_first) % decisions_kept_last;
}

core::Status keep(sql::Connection& connection, std::string_view alert, const Hit& hit, std::int64_t count) {
  TRY_STATUS(connection.execute(
      "insert into findings_decision (alert, slot, sequence, at, client, request_id, amount, currency,"
      " happened_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      " on conflict (alert, slot) do update set sequence = excluded.sequence, at = excluded.at,"
      " client = excluded.client, request_id = excluded.request_id, amount = excluded.amount,"
      " currency = excluded.currency, happened_at = excluded.happened_at",
      {alert, slot_of(count), hit.sequence, hit.at, optional_text(hit.client), optional_text(hit.request_id),
       hit.amount, optional_text(hit.currency), hit.happened_at}));
  return {};
}

}  // namespace

core::Status Inbox::project(sql::Connection& connection, const relay::ProjectedRecord& record) {
  if (record.entry.kind() == payment::EntryKind::tick)
    return wake(connection, record.entry.header().admitted_at);
  if (record.decision == nullptr || record.entry.header().history()) return {};
  const engine::Decision& decision = *record.decision;
  const EntryView& entry = record.entry;
  std::string agent;
  bool owned = false;
  relay::StorableTexts texts;
  const std::string card = decision.card_id == 0 ? std::string("-") : std::to_string(decision.card_id);
  std::int64_t place = 0;
  for (const engine::RuleHit& rule : decision.hits) {
    if (rule.shadow) continue;
    if (!owned) {
      TRY(owner, owner_of(connection, entry, texts));
      agent = std::move(owner);
      owned = true;
    }
    Hit hit{.sequence = static_cast<std::int64_t>(record.sequence.value),
            .place = place++,
            .at = entry.header().admitted_at,
            .happened_at = decision.event_time,
            .rule = rule.rule,
            .typology = rule.typology,
            .reason = rule.reason,
            .severity = rule.severity,
            .subject_kind = "",
            .subject = "",
            .agent = agent,
            .merchant = texts.of(entry.text(AttributeId::merchant_id)),
            .terminal = texts.of(entry.text(AttributeId::terminal_serial)),
            .declined = decision.effective.authorisation == engine::Authorisation::decline,
            .client = texts.of(entry.text(AttributeId::client)),
            .request_id = entry.kind() == payment::EntryKind::transaction
                              ? texts.of(entry.text(AttributeId::id))
                              : std::string_view(),
            .amount = amount_of(entry),
            .currency = texts.of(entry.text(AttributeId::currency))};
    name_subject(entry, texts, hit, card);
    TRY_STATUS(take(connection, hit));
  }
  return {};
}

core::Status Inbox::take(sql::Connection& connection, const Hit& hit) const {
  TRY(last, newest(connection, hit.rule, hit.subject_kind, hit.subject, hit.agent));
  const Alert* known = last ? &*last : nullptr;
  const Placing placing = place(known, hit.at, grouping_);
  if (placing == Placing::opens) return open(connection, hit, known);
  // The counter that this hit moves; a constant of ours, never a text from outside.
  const std::string counter = placing == Placing::cools           ? "cooled_decisions"
                              : placing == Placing::joins_snoozed ? "snoozed_decisions"
                                                                  : "decisions";
  TRY_STATUS(connection.execute(
      "update findings_alert set " + counter + " = " + counter +
          " + 1, last_at = $2, declined = declined + $3, amount = " + relay::capped_addition("amount", "$4") +
          ", severity = case when severity < $5 then $5 else severity end,"
          " terminal = coalesce($6, terminal),"
          " first_happened_at = case when first_happened_at > $7 then $7 else first_happened_at end,"
          " last_happened_at = case when last_happened_at < $7 then $7 else last_happened_at end where id = "
          "$1",
      {std::string_view(known->id), hit.at, std::int64_t{hit.declined ? 1 : 0}, hit.amount, hit.severity,
       optional_text(hit.terminal), hit.happened_at}));
  return keep(connection, known->id, hit,
              known->decisions + known->snoozed_decisions + known->cooled_decisions);
}

core::Status Inbox::open(sql::Connection& connection, const Hit& hit, const Alert* previous) const {
  const std::string id = alert_id(hit.sequence, hit.place);
  TRY_STATUS(connection.execute(
      "insert into findings_alert (id, version, state, severity, subject_kind, subject, rule, typology, "
      "reason,"
      " agent, merchant, terminal, period, opened_sequence, first_at, last_at, decisions, snoozed_decisions,"
      " cooled_decisions, declined, amount, currency, assignee, verdict, cool_until, previous, act,"
      " first_happened_at, last_happened_at)"
      " values ($1, 1, 'open', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 1, 0, 0, $14, $15, "
      "$16,"
      " '', '', 0, $17, 0, $18, $18)",
      {std::string_view(id), hit.severity, hit.subject_kind, hit.subject, hit.rule, hit.typology, hit.reason,
       hit.agent, optional_text(hit.merchant), optional_text(hit.terminal), grouping_.period_of(hit.at),
       hit.sequence, hit.at, std::int64_t{hit.declined ? 1 : 0}, hit.amount, hit.currency,
       optional_text(previous == nullptr ? std::string_view() : std::string_view(previous->id)),
       hit.happened_at}));
  TRY_STATUS(
      connection.execute("insert into findings_rule (rule, alerts, fraud, good, unsure)"
                         " values ($1, 1, 0, 0, 0)"
                         " on conflict (rule) do update set alerts = findings_rule.alerts + 1",
                         {hit.rule}));
  return keep(connection, id, hit, 0);
}

core::Status Inbox::wake(sql::Connection& connection, core::TimeMs now) {
  TRY_STATUS(
      connection.execute("update findings_alert set state = 'open', version = version + 1"
                         " where state = 'snoozed' and snoozed_until <= $1",
                         {now}));
  return {};
}

}  // namespace tillwatch::findings
