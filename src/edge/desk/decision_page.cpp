#include "desk/decision_page.h"

#include <algorithm>
#include <array>

#include "api/answer_json.h"
#include "desk/nullable.h"
#include "engine/decision.h"
#include "payment/attribute.h"
#include "payment/entry.h"

namespace tillwatch::desk {
namespace {

using payment::AttributeId;
using payment::AttributeInfo;
using payment::EntryView;
using payment::Value;

constexpr std::int64_t told_later_max = 200;

// Keyed references of cards: they tell cards apart for whoever has the key, and nobody at the desk needs
// them.
constexpr std::array<AttributeId, 4> withheld{
    AttributeId::card_reference, AttributeId::card_previous_reference,
    AttributeId::tx_original_card_reference, AttributeId::content_digest};

void write_value(json::Writer& out, const Value& value, bool time) {
  switch (value.type()) {
    case Value::Type::absent:
      out.null();
      return;
    case Value::Type::boolean:
      out.value(value.boolean());
      return;
    case Value::Type::integer:
      if (time)
        out.value(core::format_time(value.integer()));
      else
        out.value(value.integer());
      return;
    case Value::Type::decimal:
      out.value(value.decimal());
      return;
    case Value::Type::text:
      out.value(value.text());
      return;
  }
}

void write_event(json::Writer& out, const EntryView& entry) {
  const payment::EntryHeader& header = entry.header();
  out.key("event").begin_object().member("kind", payment::name_of(entry.kind()));
  out.member("time", core::format_time(header.event_time));
  out.member("admitted_at", core::format_time(header.admitted_at));
  out.key("stated_time");  // what the caller said, where it could not be taken
  if ((header.flags & payment::flag_event_time_replaced) != 0)
    out.value(core::format_time(header.raw_event_time));
  else
    out.null();
  out.member("time_missing", (header.flags & payment::flag_event_time_missing) != 0);
  out.member("orphan", (header.flags & payment::flag_orphan) != 0);
  out.key("attributes").begin_object();
  std::vector<std::string_view> kept_back;
  for (const AttributeInfo& info : payment::attributes()) {
    if (!entry.has(info.id)) continue;
    if (std::ranges::find(withheld, info.id) != withheld.end()) {
      kept_back.push_back(info.name);
      continue;
    }
    out.key(info.name);
    write_value(out, entry.get(info.id), info.type == payment::AttributeType::time);
  }
  for (const EntryView::Extra& extra : entry.extras()) {
    out.key(extra.name);
    write_value(out, extra.value, false);
  }
  out.end_object().key("withheld").begin_array();
  for (const std::string_view name : kept_back) out.value(name);
  out.end_array().end_object();
}

std::string_view unit_word(payment::Unit unit) {
  switch (unit) {
    case payment::Unit::money_minor:
      return "money_minor";
    case payment::Unit::money_base_minor:
      return "money_base_minor";
    case payment::Unit::milliseconds:
      return "milliseconds";
    case payment::Unit::micro_degrees:
      return "micro_degrees";
    case payment::Unit::minutes:
      return "minutes";
    case payment::Unit::count:
      return "count";
    case payment::Unit::none:
      break;
  }
  return "";
}

std::string_view unit_of(std::string_view name, const policy::Bundle* bundle) {
  if (const AttributeInfo* info = payment::find_attribute(name)) return unit_word(info->unit);
  if (bundle == nullptr) return "";
  for (const policy::FeatureDefinition& feature : bundle->model().features)
    if (feature.name == name) return feature.unit;
  for (const policy::DerivedDefinition& derived : bundle->model().derived)
    if (derived.name == name) return derived.unit;
  return "";
}

// What is needed beside the decision to read it: units of its values, titles of its rules, the policy's name.
void write_reading_aid(json::Writer& out, const engine::Decision& decision, const policy::Bundle* bundle) {
  out.key("units").begin_object();
  std::vector<std::string_view> told;
  for (const engine::Reading& reading : decision.readings) {
    const std::string_view unit = unit_of(reading.name, bundle);
    if (unit.empty() || std::ranges::find(told, reading.name) != told.end()) continue;
    told.emplace_back(reading.name);
    out.member(reading.name, unit);
  }
  out.end_object().key("policy");
  if (bundle == nullptr) {
    out.null().key("titles").begin_array().end_array();
    return;
  }
  const policy::Model& model = bundle->model();
  out.begin_object().member("name", model.name).member("version", model.version);
  out.member("hash", policy::to_hex(bundle->hash())).end_object().key("titles").begin_array();
  for (const policy::RuleDefinition& rule : model.rules)
    for (const engine::RuleHit& hit : decision.hits)
      if (hit.rule == rule.id)
        out.begin_object()
            .member("rule", rule.id)
            .member("en", rule.title.en)
            .member("zh", rule.title.zh)
            .end_object();
  out.end_array();
}

core::Status write_later(json::Writer& out, sql::Connection& connection, const DecisionRow& row) {
  out.key("later").begin_array();
  if (!row.request_id.empty()) {
    const std::vector<sql::Parameter> parameters{std::string_view(row.request_id),
                                                 std::string_view(row.client), told_later_max};
    TRY_STATUS(
        connection.each("select sequence, admitted_at, event_time, kind, outcome_approved, outcome_code, "
                        "label_type, label_fraud,"
                        " label_source, act from later_word where original_id = $1 and client = $2 order by "
                        "sequence limit $3",
                        parameters, [&](const sql::Row& word) {
                          out.begin_object().member("sequence", word.integer(0)).member("kind", word.text(3));
                          out.member("time", core::format_time(word.integer(2)));
                          out.member("admitted_at", core::format_time(word.integer(1))).key("approved");
                          word.is_null(4) ? out.null() : out.value(word.integer(4) != 0);
                          text_or_null(out, "code", word.text(5));
                          text_or_null(out, "label", word.text(6));
                          out.key("fraud");
                          word.is_null(7) ? out.null() : out.value(word.integer(7) != 0);
                          text_or_null(out, "source", word.text(8));
                          out.key("act");
                          word.is_null(9) ? out.null() : out.value(word.integer(9));
                          out.end_object();
                          return true;
                        }));
  }
  out.end_array();
  return {};
}

}  // namespace

core::Result<std::string> decision_page(sql::Connection& connection, DecisionRecords& records,
                                        const DecisionRow& row) {
  TRY(record, records.read(core::Sequence(static_cast<std::uint64_t>(row.sequence))));
  if (record.decision.empty())
    return core::fail(core::ErrorCode::corrupt, "journal", "the record of a listed decision is not decided");
  EntryView entry;
  engine::Decision decision;
  TRY_STATUS(entry.decode(record.entry));
  TRY_STATUS(engine::decode(record.decision, decision));
  const std::shared_ptr<const policy::Bundle> bundle = records.bundle_of(decision.policy);
  std::string text;
  json::Writer out(text);
  out.begin_object().key("item");
  write_decision_row(out, row);
  out.key("decision");
  api::write_decision(out, entry, decision, bundle.get(), true);
  write_event(out, entry);
  write_reading_aid(out, decision, bundle.get());
  TRY_STATUS(write_later(out, connection, row));
  out.end_object();
  return text;
}

}  // namespace tillwatch::desk
