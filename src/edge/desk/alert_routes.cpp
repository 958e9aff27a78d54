#include "desk/alert_routes.h"

#include "access/actor.h"
#include "desk/act_answer.h"
#include "desk/fields.h"
#include "desk/list_page.h"
#include "desk/nullable.h"
#include "engine/decision.h"
#include "findings/handling.h"
#include "registry/seen.h"

namespace tillwatch::desk {
namespace {

using findings::Alert;

constexpr std::string_view right_read = "alerts.read";
constexpr std::string_view right_work = "alerts.work";
constexpr std::string_view right_assign = "alerts.assign";
constexpr std::size_t text_max = 4000;

std::string_view state_of(const Alert& alert, core::TimeMs now) {
  return alert.state == "snoozed" && alert.snoozed_until <= now ? std::string_view("open")
                                                                : std::string_view(alert.state);
}

// The merchant that traffic names, as the registry knows it; only where the caller sees it.
core::Status write_merchant(json::Writer& out, Call& call, const registry::Scope& scope, const Alert& alert) {
  text_or_null(out, "merchant", alert.merchant);
  std::optional<registry::Record> record;
  if (!alert.merchant.empty()) {
    TRY(id, registry::merchant_by_number(call.connection, alert.merchant));
    if (id) {
      TRY(found, registry::find(call.connection, scope, registry::Entity::merchant, *id));
      record = std::move(found);
    }
  }
  text_or_null(out, "merchant_id", record ? std::string_view(record->id) : "");
  text_or_null(out, "merchant_name", record ? record->text("name") : "");
  return {};
}

core::Status write_alert(json::Writer& out, Call& call, const registry::Scope& scope, const AlertParts& parts,
                         const Alert& alert) {
  out.member("id", alert.id).member("version", alert.version).member("state", state_of(alert, call.now));
  out.member("severity", alert.severity).member("rule", alert.rule).member("typology", alert.typology);
  out.member("reason", alert.reason);
  out.key("subject")
      .begin_object()
      .member("kind", alert.subject_kind)
      .member("id", alert.subject)
      .end_object();
  TRY_STATUS(write_merchant(out, call, scope, alert));
  text_or_null(out, "terminal", alert.terminal);
  text_or_null(out, "agent", alert.agent);
  out.member("first_at", core::format_time(alert.first_happened_at));
  out.member("last_at", core::format_time(alert.last_happened_at));
  out.member("first_arrived_at", core::format_time(alert.first_at));
  out.member("last_arrived_at", core::format_time(alert.last_at));
  out.member("decisions", alert.decisions).member("snoozed_decisions", alert.snoozed_decisions);
  out.member("cooled_decisions", alert.cooled_decisions).member("declined", alert.declined);
  out.key("amount")
      .begin_object()
      .member("minor", alert.amount)
      .member("currency", parts.currency)
      .end_object();
  text_or_null(out, "assignee", alert.assignee);
  time_or_null(out, "snoozed_until", alert.snoozed_until);
  text_or_null(out, "verdict", alert.verdict);
  text_or_null(out, "verdict_by", alert.verdict_by);
  time_or_null(out, "verdict_at", alert.verdict_at);
  time_or_null(out, "cool_until", alert.cool_until);
  text_or_null(out, "previous", alert.previous);
  return {};
}

core::Result<Answer> list_alerts(Call& call, const AlertParts& parts) {
  Query query(call);
  findings::Filter filter;
  filter.by_severity = query.word("order", {"newest", "severity"}).value_or("newest") == "severity";
  const std::string_view name = filter.by_severity ? "alerts-severity" : "alerts";
  const Page page = Page::of(call, query, name, "it");
  filter.state = query.word("state", {"open", "snoozed", "closed"}).value_or("");
  filter.assignee = query.text("assignee", 64).value_or("");
  if (filter.assignee == "me") filter.assignee = call.caller.account;
  if (filter.assignee == "nobody") filter.assignee = "-";
  filter.rule = query.text("rule", 128).value_or("");
  filter.severity_min = query.integer("severity", 1, 4).value_or(0);
  filter.subject = query.text("q", 128).value_or("");
  filter.terminal = query.text("terminal", 128).value_or("");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_read));
  TRY(alerts, findings::list(call.connection, scope, filter, page.after ? page.integer(0) : 0,
                             page.after ? page.text(1) : "", rows_to_ask(page)));
  return list_answer(
      name, page, std::move(alerts),
      [&](json::Writer& out, const Alert& alert) -> core::Status {
        out.begin_object();
        TRY_STATUS(write_alert(out, call, scope, parts, alert));
        out.end_object();
        return {};
      },
      [](const Alert& last) { return std::vector<CursorValue>{last.severity, last.id}; });
}

core::Result<Answer> get_alert(Call& call, const AlertParts& parts) {
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_read));
  TRY(alert, findings::find(call.connection, scope, call.variable(0)));
  if (!alert) return refuse(Problem::not_found, "there is no such alert");
  std::string text;
  json::Writer out(text);
  out.begin_object();
  TRY_STATUS(write_alert(out, call, scope, parts, *alert));
  TRY(decisions, findings::decisions_of(call.connection, alert->id));
  out.key("kept").begin_array();
  for (const findings::AlertDecision& one : decisions) {
    const core::Sequence sequence(static_cast<std::uint64_t>(one.sequence));
    out.begin_object().member("decision", engine::decision_id(sequence));
    out.member("at", core::format_time(one.happened_at));
    out.member("arrived_at", core::format_time(one.at)).key("amount").begin_object();
    out.member("minor", one.amount).member("currency", one.currency).end_object().end_object();
  }
  out.end_array();
  TRY(events, findings::events_of(call.connection, alert->id));
  out.key("events").begin_array();
  for (const findings::AlertEvent& event : events) {
    out.begin_object().member("at", core::format_time(event.at)).member("actor", event.actor);
    out.member("action", event.action).member("value", event.value).member("note", event.note).end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

Answer done(const Call& call, const core::Result<findings::Done>& result) {
  if (!result) return refuse(result.error());
  return act_answer(
      call,
      "\"version\":" + std::to_string(result->version) + ",\"labels\":" + std::to_string(result->labels),
      result->act);
}

core::Result<Answer> assign_alert(Call& call, const AlertParts& parts) {
  Body body(call);
  const std::string assignee = body.text_if("assignee", 0, 64).value_or("");
  const std::int64_t version = body.integer_if("version", 1, INT64_MAX).value_or(0);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_assign));
  if (!assignee.empty()) {
    // Whoever does not see it would never find what he was given; and a text that is nobody's id stays out of
    // the act, which the journal keeps.
    TRY(actor, access::Actor::expected(call.connection, assignee));
    const registry::Scope his = actor.scope_of(right_read);
    TRY(seen, findings::find(call.connection, his, call.variable(0)));
    if (!seen) {
      TRY(own, findings::find(call.connection, scope, call.variable(0)));
      if (own)
        return core::fail(core::ErrorCode::invalid, "/assignee",
                          "there is no such account that sees this alert");
    }
  }
  return done(call, findings::assign(call.connection, {call.caller.account, scope, call.now},
                                     call.variable(0), version, assignee));
}

core::Result<Answer> take_alert(Call& call, const AlertParts& parts) {
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_work));
  return done(call, findings::assign(call.connection, {call.caller.account, scope, call.now},
                                     call.variable(0), 0, call.caller.account));
}

core::Result<Answer> snooze_alert(Call& call, const AlertParts& parts) {
  Body body(call);
  const core::TimeMs until = body.time("until");
  const std::string reason = body.text("reason", 1, text_max);
  const std::int64_t version = body.integer_if("version", 1, INT64_MAX).value_or(0);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_work));
  return done(call, findings::snooze(call.connection, {call.caller.account, scope, call.now},
                                     call.variable(0), version, until, reason));
}

core::Result<Answer> note_alert(Call& call, const AlertParts& parts) {
  Body body(call);
  const std::string text = body.text("text", 1, text_max);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_work));
  return done(
      call, findings::note(call.connection, {call.caller.account, scope, call.now}, call.variable(0), text));
}

core::Result<Answer> judge_alert(Call& call, const AlertParts& parts) {
  Body body(call);
  const std::string verdict = body.word("verdict", {"fraud", "good", "unsure"});
  const std::string reason = body.text("reason", 1, text_max);
  const std::int64_t version = body.integer_if("version", 1, INT64_MAX).value_or(0);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_work));
  return done(call, findings::judge(call.connection, {call.caller.account, scope, call.now}, call.variable(0),
                                    version, verdict, reason, parts.grouping));
}

}  // namespace

void add_alert_routes(Routes& routes, const AlertParts& parts) {
  using http::Method;
  const auto bound = [&parts](auto function) {
    return [parts, function](Call& call) { return function(call, parts); };
  };
  routes.add(
      {.name = "listAlerts",
       .method = Method::get,
       .path = "/desk/alerts",
       .right = right_read,
       .query = {"limit", "cursor", "order", "state", "assignee", "rule", "severity", "q", "terminal"}},
      bound(list_alerts));
  routes.add({.name = "getAlert",
              .method = Method::get,
              .path = "/desk/alerts/{id}",
              .right = right_read,
              .query = {},
              .statuses = {200, 404}},
             bound(get_alert));
  struct Step {
    std::string_view name, path, right;
    core::Result<Answer> (*function)(Call&, const AlertParts&);
    bool body = true;
  };
  for (const Step& step : {Step{"assignAlert", "/desk/alerts/{id}/assign", right_assign, assign_alert},
                           Step{"takeAlert", "/desk/alerts/{id}/take", right_work, take_alert, false},
                           Step{"snoozeAlert", "/desk/alerts/{id}/snooze", right_work, snooze_alert},
                           Step{"noteAlert", "/desk/alerts/{id}/note", right_work, note_alert},
                           Step{"judgeAlert", "/desk/alerts/{id}/verdict", right_work, judge_alert}})
    routes.add({.name = step.name,
                .method = Method::post,
                .path = step.path,
                .right = step.right,
                .store = Store::write,
                .body_bytes_max = step.body ? body_bytes_default : 0,
                .text_bytes_max = text_max,
                .query = {wait_parameter},
                .statuses = {200, 404, 409, 422}},
               bound(step.function));
}

}  // namespace tillwatch::desk
