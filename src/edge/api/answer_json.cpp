#include "api/answer_json.h"

#include "engine/explanation.h"

namespace tillwatch::api {
namespace {

using engine::Decision;
using engine::Outcome;
using engine::Reading;
using engine::RuleHit;
using payment::AttributeId;
using payment::EntryView;

void write_text_or_null(json::Writer& out, std::string_view name, const EntryView& entry, AttributeId id) {
  out.key(name);
  if (entry.has(id))
    out.value(entry.text(id));
  else
    out.null();
}

void write_outcome(json::Writer& out, std::string_view name, const Outcome& outcome,
                   const policy::Bundle* bundle) {
  out.key(name).begin_object();
  out.member("authorisation", engine::name_of(outcome.authorisation));
  out.member("settlement", engine::name_of(outcome.settlement));
  out.member("subject", engine::name_of(outcome.subject)).key("code");
  const policy::OutcomeDefinition* told =
      bundle == nullptr ? nullptr
                        : bundle->model().outcome_of(static_cast<std::uint8_t>(outcome.authorisation));
  if (told != nullptr && !told->code.empty())
    out.value(std::string_view(told->code));
  else
    out.null();
  out.end_object();
}

// Parts per million as a share: 420000 is 0.42.
double share_of(std::uint32_t ppm) {
  return static_cast<double>(ppm) / 1e6;
}

std::string_view name_of(RuleHit::Cause cause) {
  switch (cause) {
    case RuleHit::Cause::matched:
      return "matched";
    case RuleHit::Cause::unknown:
      return "unknown";
    case RuleHit::Cause::error:
      return "error";
  }
  return "unknown";
}

void write_wording(json::Writer& out, std::string_view name, const policy::Wording& wording) {
  out.key(name).begin_object();
  out.member("en", std::string_view(wording.en)).member("zh", std::string_view(wording.zh));
  out.end_object();
}

void write_reason(json::Writer& out, const RuleHit& hit, const Decision& decision,
                  const policy::Bundle* bundle) {
  out.begin_object();
  out.member("rule", std::string_view(hit.rule)).member("typology", std::string_view(hit.typology));
  out.member("category", std::string_view(hit.reason)).member("severity", hit.severity);
  out.member("shadow", hit.shadow).member("cause", name_of(hit.cause));
  write_outcome(out, "asks", hit.asks, bundle);
  out.member("confidence", share_of(hit.confidence_ppm));
  out.key("text");
  if (bundle != nullptr) {
    const std::string en = engine::words(*bundle, hit, decision, engine::Language::english);
    const std::string zh = engine::words(*bundle, hit, decision, engine::Language::chinese);
    out.begin_object().member("en", std::string_view(en)).member("zh", std::string_view(zh)).end_object();
  } else {
    out.null();
  }
  const policy::MessageDefinition* message =
      bundle == nullptr ? nullptr : bundle->model().message_of(hit.reason);
  if (message != nullptr)
    write_wording(out, "message", message->text);
  else
    out.key("message").null();
  out.key("reads").begin_array();
  for (const std::uint16_t index : hit.reads)
    if (index < decision.readings.size()) out.value(std::string_view(decision.readings[index].name));
  out.end_array().end_object();
}

void write_value(json::Writer& out, const Reading& reading) {
  out.begin_object().member("name", std::string_view(reading.name)).key("value");
  switch (reading.type) {
    case Reading::Type::none:
      out.null();
      break;
    case Reading::Type::boolean:
      out.value(reading.integer != 0);
      break;
    case Reading::Type::integer:
      out.value(reading.integer);
      break;
    case Reading::Type::decimal:
      out.value(reading.decimal);
      break;
    case Reading::Type::text:
      out.value(std::string_view(reading.text));
      break;
    case Reading::Type::list:
      out.raw(reading.text);
      break;
  }
  out.member("coverage", engine::name_of(reading.coverage));
  if (reading.window_from != 0 || reading.window_to != 0) {
    out.key("window").begin_object();
    out.member("from", std::string_view(core::format_time(reading.window_from)));
    out.member("to", std::string_view(core::format_time(reading.window_to)));
    out.member("entries", reading.entries).end_object();
  }
  if (reading.coverage == engine::Coverage::approximate) out.member("bound", reading.bound);
  out.end_object();
}

void write_standing(json::Writer& out, const engine::StandingHit& hit) {
  out.begin_object();
  out.member("effect", engine::name_of(hit.effect)).member("name", std::string_view(hit.name));
  out.member("subject", std::string_view(hit.subject)).member("owner", std::string_view(hit.owner));
  out.member("reason", std::string_view(hit.reason)).key("expires_at");
  if (hit.expires_at != 0)
    out.value(std::string_view(core::format_time(hit.expires_at)));
  else
    out.null();
  out.end_object();
}

void write_card(json::Writer& out, const EntryView& entry, std::int64_t card_id) {
  out.key("card").begin_object();
  const std::string_view identity = entry.text(AttributeId::card_identity);
  out.member("identity", identity.empty() ? std::string_view("none") : identity);
  write_text_or_null(out, "masked", entry, AttributeId::card_masked);
  out.key("id");
  if (card_id != 0)
    out.value(card_id);
  else
    out.null();
  out.end_object();
}

std::string_view name_of(policy::RuleMode mode) {
  switch (mode) {
    case policy::RuleMode::live:
      return "live";
    case policy::RuleMode::shadow:
      return "shadow";
    case policy::RuleMode::off:
      return "off";
  }
  return "unknown";
}

}  // namespace

void write_decision(json::Writer& out, const EntryView& entry, const Decision& decision,
                    const policy::Bundle* bundle, bool recorded) {
  out.begin_object().key("id");
  if (recorded)
    out.value(std::string_view(engine::decision_id(decision.sequence)));
  else
    out.null();
  write_text_or_null(out, "request_id", entry, AttributeId::id);
  write_text_or_null(out, "client", entry, AttributeId::client);
  out.key("sequence");
  if (recorded)
    out.value(decision.sequence.value);
  else
    out.null();
  out.member("kind", payment::name_of(decision.kind));
  out.member("time", std::string_view(core::format_time(decision.event_time)));
  out.member("admitted_at", std::string_view(core::format_time(decision.admitted_at)));
  write_outcome(out, "outcome", decision.proposed, bundle);
  write_outcome(out, "effective", decision.effective, bundle);
  out.member("authority", engine::name_of(decision.authority)).member("score", share_of(decision.score_ppm));
  write_card(out, entry, decision.card_id);
  out.key("reasons").begin_array();
  for (const RuleHit& hit : decision.hits) write_reason(out, hit, decision, bundle);
  out.end_array().key("values").begin_array();
  for (const Reading& reading : decision.readings) write_value(out, reading);
  out.end_array().key("standing").begin_array();
  for (const engine::StandingHit& hit : decision.standing) write_standing(out, hit);
  out.end_array().key("not_seen").begin_array();
  for (const std::string& name : decision.not_seen) out.value(std::string_view(name));
  out.end_array().member("rule_errors", decision.rule_errors);
  out.member("policy", std::string_view(policy::to_hex(decision.policy))).end_object();
}

void write_receipt(json::Writer& out, const EntryView& entry, core::Sequence sequence) {
  out.begin_object();
  write_text_or_null(out, "request_id", entry, AttributeId::id);
  write_text_or_null(out, "client", entry, AttributeId::client);
  out.member("sequence", sequence.value).member("kind", payment::name_of(entry.kind()));
  out.member("time", std::string_view(core::format_time(entry.header().event_time)));
  out.member("admitted_at", std::string_view(core::format_time(entry.header().admitted_at))).end_object();
}

void write_policy(json::Writer& out, const policy::Bundle& bundle) {
  const policy::Model& model = bundle.model();
  out.begin_object();
  out.member("name", std::string_view(model.name)).member("version", model.version);
  out.member("hash", std::string_view(policy::to_hex(bundle.hash())));
  out.member("authority", model.acquirer ? "acquirer" : "agent");
  out.member("base_currency", std::string_view(model.base_currency));
  write_wording(out, "description", model.description);
  out.key("rules").begin_array();
  for (const policy::RuleDefinition& rule : model.rules) {
    out.begin_object();
    out.member("id", std::string_view(rule.id)).member("typology", std::string_view(rule.typology));
    write_wording(out, "title", rule.title);
    out.member("severity", rule.severity).member("mode", name_of(rule.mode)).end_object();
  }
  out.end_array().key("features").begin_array();
  for (const policy::FeatureDefinition& feature : model.features)
    out.begin_object()
        .member("name", std::string_view(feature.name))
        .member("unit", std::string_view(feature.unit))
        .end_object();
  out.end_array().end_object();
}

}  // namespace tillwatch::api
