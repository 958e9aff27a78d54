#include "relay/rows.h"

#include <algorithm>

namespace tillwatch::relay {

namespace {

using payment::AttributeId;
using payment::EntryKind;
using payment::EntryView;
using sql::Parameter;

constexpr std::size_t decision_columns = 27;
constexpr std::string_view insert_decision =
    "insert into decision (sequence, admitted_at, event_time, kind, client, request_id, merchant, terminal,"
    " agent, channel, card, card_masked, amount, currency, amount_base, tx_type, tx_response, original_id,"
    " authorisation, settlement, subject, asked_authorisation, asked_settlement, asked_subject, severity,"
    " score_ppm, fired) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
    " $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)";
constexpr std::size_t hit_columns = 8;
constexpr std::string_view insert_hit =
    "insert into decision_hit (sequence, rule, typology, reason, severity, shadow, cause, confidence_ppm)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8)";
constexpr std::size_t standing_columns = 7;
constexpr std::string_view insert_standing =
    "insert into decision_standing (sequence, place, effect, name, about, reason, expires_at)"
    " values ($1, $2, $3, $4, $5, $6, $7)";
constexpr std::size_t later_word_columns = 15;
constexpr std::string_view insert_later_word =
    "insert into later_word (sequence, admitted_at, event_time, kind, client, original_id, merchant,"
    " terminal, outcome_approved, outcome_code, label_type, label_fraud, label_source, orphan, act)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const std::string& add_hour() {
  static const std::string statement =
      "insert into decision_hour (hour, currency, count, amount, challenged, declined, held, fired)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)"
      " on conflict (hour, currency) do update set count = decision_hour.count + excluded.count,"
      " challenged = decision_hour.challenged + excluded.challenged,"
      " declined = decision_hour.declined + excluded.declined, held = decision_hour.held + excluded.held,"
      " fired = decision_hour.fired + excluded.fired, amount = " +
      capped_addition("decision_hour.amount", "excluded.amount");
  return statement;
}

template <class Enumerator>
Parameter code(Enumerator value) {
  return static_cast<std::int64_t>(value);
}

Parameter flag(bool value) {
  return std::int64_t{value ? 1 : 0};
}

Parameter place_of(core::Sequence sequence) {
  return static_cast<std::int64_t>(sequence.value);
}

// History is settled by its terminal's serial; where a message has none, its logical number serves.
AttributeId terminal_of(const EntryView& entry) {
  return entry.has(AttributeId::terminal_serial) ? AttributeId::terminal_serial : AttributeId::terminal_id;
}

}  // namespace

Parameter Rows::text(const EntryView& entry, AttributeId id) {
  if (!entry.has(id)) return std::monostate();
  return texts_.of(entry.text(id));
}

Parameter Rows::number(const EntryView& entry, AttributeId id) {
  const payment::Value value = entry.get(id);
  if (value.absent()) return std::monostate();
  return value.type() == payment::Value::Type::boolean ? flag(value.boolean()) : Parameter(value.integer());
}

void Rows::take(const ProjectedRecord& record) {
  if (record.decision != nullptr) take_decision(record);
  const EntryKind kind = record.entry.kind();
  if (kind == EntryKind::outcome || kind == EntryKind::label) take_later_word(record);
}

void Rows::take_decision(const ProjectedRecord& record) {
  const EntryView& entry = record.entry;
  const engine::Decision& decision = *record.decision;
  std::int64_t severity = 0;
  for (const engine::RuleHit& hit : decision.hits)
    if (!hit.shadow) severity = std::max<std::int64_t>(severity, hit.severity);
  const std::initializer_list<Parameter> row = {
      place_of(record.sequence),
      decision.admitted_at,
      decision.event_time,
      payment::name_of(decision.kind),
      text(entry, AttributeId::client),
      text(entry, AttributeId::id),
      text(entry, AttributeId::merchant_id),
      text(entry, terminal_of(entry)),
      text(entry, AttributeId::agent_id),
      text(entry, AttributeId::channel_id),
      decision.card_id == 0 ? Parameter() : Parameter(decision.card_id),
      text(entry, AttributeId::card_masked),
      number(entry, AttributeId::amount),
      text(entry, AttributeId::currency),
      number(entry, AttributeId::amount_base),
      text(entry, AttributeId::tx_type),
      text(entry, AttributeId::tx_response),
      text(entry, AttributeId::tx_original_id),
      code(decision.effective.authorisation),
      code(decision.effective.settlement),
      code(decision.effective.subject),
      code(decision.proposed.authorisation),
      code(decision.proposed.settlement),
      code(decision.proposed.subject),
      severity,
      std::int64_t{decision.score_ppm},
      flag(decision.fired())};
  static_assert(decision_columns == 27);
  decisions_.insert(decisions_.end(), row);
  take_hits(decision);
  if (decision.kind != EntryKind::transaction) return;
  hours_[{hour_of(decision.admitted_at), storable(entry.text(AttributeId::currency))}].add(sums_of(record));
}

void Rows::take_hits(const engine::Decision& decision) {
  for (const engine::RuleHit& hit : decision.hits)
    hits_.insert(hits_.end(), {place_of(decision.sequence), texts_.copy(hit.rule), texts_.copy(hit.typology),
                               texts_.copy(hit.reason), std::int64_t{hit.severity}, flag(hit.shadow),
                               code(hit.cause), std::int64_t{hit.confidence_ppm}});
  std::int64_t place = 0;
  for (const engine::StandingHit& hit : decision.standing)
    standing_.insert(standing_.end(),
                     {place_of(decision.sequence), place++, code(hit.effect), texts_.copy(hit.name),
                      texts_.copy(hit.subject), texts_.copy(hit.reason), hit.expires_at});
}

void Rows::take_later_word(const ProjectedRecord& record) {
  const EntryView& entry = record.entry;
  later_words_.insert(
      later_words_.end(),
      {place_of(record.sequence), entry.header().admitted_at, entry.header().event_time,
       payment::name_of(entry.kind()), text(entry, AttributeId::client),
       text(entry, AttributeId::tx_original_id), text(entry, AttributeId::merchant_id),
       text(entry, terminal_of(entry)), number(entry, AttributeId::outcome_approved),
       text(entry, AttributeId::outcome_code), text(entry, AttributeId::label_type),
       number(entry, AttributeId::label_fraud), text(entry, AttributeId::label_source),
       flag((entry.header().flags & payment::flag_orphan) != 0), number(entry, AttributeId::act_number)});
}

core::Status Rows::write(sql::Connection& connection) const {
  struct Part {
    std::string_view statement;
    std::size_t columns;
    const std::vector<Parameter>& values;
  };
  for (const Part& part :
       {Part{insert_decision, decision_columns, decisions_}, Part{insert_hit, hit_columns, hits_},
        Part{insert_standing, standing_columns, standing_},
        Part{insert_later_word, later_word_columns, later_words_}}) {
    if (part.values.empty()) continue;
    TRY_STATUS(connection.execute_rows(part.statement, part.columns, part.values));
  }
  for (const auto& [key, sums] : hours_)
    TRY_STATUS(
        connection.execute(add_hour(), {key.first, std::string_view(key.second), sums.count, sums.amount,
                                        sums.challenged, sums.declined, sums.held, sums.fired}));
  return {};
}

}  // namespace tillwatch::relay
