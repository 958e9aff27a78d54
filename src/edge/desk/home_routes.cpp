#include "desk/home_routes.h"

#include "access/dormancy.h"
#include "access/proposal.h"
#include "desk/day_figures.h"
#include "desk/nullable.h"
#include "findings/alert.h"
#include "relay/outbox.h"

namespace tillwatch::desk {
namespace {

bool nowhere(const registry::Scope& scope) {
  return !scope.all() && scope.roots().empty();
}

core::Status write_alerts(json::Writer& out, Call& call, const HomeParts& parts) {
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, "alerts.read"));
  out.key("alerts");
  if (nowhere(scope)) {
    out.null();
    return {};
  }
  TRY(open, findings::count_open(call.connection, scope));
  TRY(waiting, findings::count_waiting(call.connection, scope, call.caller.account, call.now));
  out.begin_object().key("open").begin_array();
  for (std::size_t i = open.size(); i-- > 0;)
    out.begin_object()
        .member("severity", static_cast<std::int64_t>(i + 1))
        .member("count", open[i])
        .end_object();
  out.end_array().member("mine", waiting.mine).member("snoozed_due", waiting.snoozed_due).end_object();
  return {};
}

// Those that somebody else made: nobody approves his own.
core::Status write_proposals(json::Writer& out, Call& call, const HomeParts& parts) {
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, "proposals.decide"));
  out.key("proposals");
  if (!scope.all()) {
    out.null();
    return {};
  }
  TRY(waiting, access::count_waiting(call.connection, call.caller.account, call.now));
  out.begin_object().member("to_decide", waiting.to_decide).member("to_ratify", waiting.to_ratify);
  out.end_object();
  return {};
}

// Those that rest soon unless somebody uses them: for who can ask their people, or let them in again.
core::Status write_accounts(json::Writer& out, Call& call, const HomeParts& parts) {
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, "accounts.manage"));
  out.key("accounts");
  if (!scope.all()) {
    out.null();
    return {};
  }
  TRY(resting, access::count_resting_soon(call.connection, call.now));
  out.begin_object().member("dormant_soon", resting.count);
  time_or_null(out, "first_dormant_at", resting.first_at);
  out.end_object();
  return {};
}

core::Status write_day(json::Writer& out, Call& call, const registry::Scope& scope, core::TimeMs from,
                       core::TimeMs to) {
  TRY(figures, figures_of(call.connection, scope, from, to));
  out.begin_object().member("from", core::format_time(from)).member("to", core::format_time(to));
  out.key("sums").begin_array();
  for (const auto& [currency, sums] : figures) {
    out.begin_object().member("currency", currency).member("count", sums.count);
    out.member("amount_minor", sums.amount).member("challenged", sums.challenged);
    out.member("declined", sums.declined).member("held", sums.held).member("fired", sums.fired).end_object();
  }
  out.end_array().end_object();
  return {};
}

core::Status write_figures(json::Writer& out, Call& call, const HomeParts& parts) {
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, "decisions.read"));
  out.key("figures");
  if (nowhere(scope)) {
    out.null();
    return {};
  }
  const core::DurationMs shift = parts.utc_offset_minutes * core::minute_ms;
  const core::TimeMs today = core::floor_div(call.now + shift, core::day_ms) * core::day_ms - shift;
  out.begin_object().key("today");
  TRY_STATUS(write_day(out, call, scope, today, today + core::day_ms));
  out.key("yesterday");
  TRY_STATUS(write_day(out, call, scope, today - core::day_ms, today));
  out.end_object();
  return {};
}

// How old what the pages show is.
core::Status write_freshness(json::Writer& out, Call& call, const HomeParts& parts) {
  const SystemState state = parts.system->state();
  TRY(rows, call.connection.query("select admitted_at from decision order by sequence desc limit 1"));
  out.key("freshness").begin_object();
  const bool behind = state.durable > state.projected;
  out.member("records_behind", behind ? state.durable.value - state.projected.value : std::uint64_t{0});
  time_or_null(out, "last_decision_at", rows.empty() ? 0 : rows[0].integer(0));
  text_or_null(out, "trouble", state.trouble);
  time_or_null(out, "trouble_since", state.trouble.empty() ? 0 : state.trouble_since);
  out.end_object();
  return {};
}

core::Result<Answer> get_home(Call& call, const HomeParts& parts) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("now", core::format_time(call.now));
  TRY_STATUS(write_alerts(out, call, parts));
  TRY_STATUS(write_proposals(out, call, parts));
  TRY_STATUS(write_accounts(out, call, parts));
  TRY_STATUS(write_figures(out, call, parts));
  TRY_STATUS(write_freshness(out, call, parts));
  out.end_object();
  return json_answer(std::move(text));
}

void write_bytes(json::Writer& out, std::string_view name, std::int64_t bytes) {
  out.key(name);
  if (bytes < 0)
    out.null();
  else
    out.value(bytes);
}

core::Status write_database(json::Writer& out, sql::Connection& connection) {
  const bool sqlite = connection.dialect() == sql::Dialect::sqlite;
  TRY(size, connection.query(
                sqlite ? "select p.page_count * s.page_size, sqlite_version() from pragma_page_count p,"
                         " pragma_page_size s"
                       : "select pg_database_size(current_database()), current_setting('server_version')"));
  TRY(schema, connection.query("select max(version) from schema_migration"));
  out.key("database").begin_object().member("kind", sqlite ? "sqlite" : "postgresql");
  out.member("version", size[0].text(1)).member("bytes", size[0].integer(0));
  out.member("schema", schema[0].integer(0)).end_object();
  return {};
}

core::Result<Answer> get_health(Call& call, const HomeParts& parts) {
  const SystemState state = parts.system->state();
  TRY(last, relay::last_act(call.connection));
  TRY(decisions, call.connection.query(
                     "select coalesce((select min(sequence) from decision), 0),"
                     " coalesce((select admitted_at from decision order by sequence limit 1), 0),"
                     " coalesce((select admitted_at from decision order by sequence desc limit 1), 0)"));
  std::string text;
  json::Writer out(text);
  out.begin_object().member("now", core::format_time(call.now)).member("version", state.version);
  time_or_null(out, "started_at", state.started_at);
  out.key("engine").begin_object();
  time_or_null(out, "last_turn_at", state.engine_turn);
  out.end_object();
  out.key("journal").begin_object().member("last_durable", state.durable.value).end_object();
  out.key("relay").begin_object().member("last_act", last).member("handed", state.acts_handed);
  out.member("waiting", std::max<std::int64_t>(last - state.acts_handed, 0)).end_object();
  out.key("projector").begin_object().member("sequence", state.projected.value);
  const bool behind = state.durable > state.projected;
  out.member("behind", behind ? state.durable.value - state.projected.value : std::uint64_t{0});
  time_or_null(out, "oldest_decision_at", decisions[0].integer(1));
  time_or_null(out, "newest_decision_at", decisions[0].integer(2));
  out.end_object();
  text_or_null(out, "trouble", state.trouble);
  time_or_null(out, "trouble_since", state.trouble.empty() ? 0 : state.trouble_since);
  TRY_STATUS(write_database(out, call.connection));
  out.key("disk").begin_object();
  write_bytes(out, "free_bytes", state.disk_free_bytes);
  write_bytes(out, "bytes", state.disk_bytes);
  out.end_object().end_object();
  return json_answer(std::move(text));
}

}  // namespace

void add_home_routes(Routes& routes, const HomeParts& parts) {
  const auto bound = [&parts](auto function) {
    return [parts, function](Call& call) { return function(call, parts); };
  };
  routes.add({.name = "getHome", .path = "/desk/home", .right = any_account}, bound(get_home));
  routes.add({.name = "getHealth", .path = "/desk/health", .right = "health.read"}, bound(get_health));
}

}  // namespace tillwatch::desk
