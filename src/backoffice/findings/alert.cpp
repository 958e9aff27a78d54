#include "findings/alert.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/tree.h"

namespace tillwatch::findings {
namespace {

using registry::Scope;
using sql::Parameter;

// Subtrees of up to so many agents are read agent by agent along their index; larger ones along the whole
// list.
constexpr std::size_t agents_one_by_one = 200;

constexpr std::string_view columns =
    "select id, version, state, severity, subject_kind, subject, rule, typology, reason, agent,"
    " coalesce(merchant, ''), coalesce(terminal, ''), period, opened_sequence, first_at, last_at, decisions,"
    " snoozed_decisions, cooled_decisions, declined, amount, currency, assignee, coalesce(snoozed_until, 0),"
    " verdict, coalesce(verdict_by, ''), coalesce(verdict_at, 0), cool_until, coalesce(previous, ''), act,"
    " first_happened_at, last_happened_at"
    " from findings_alert where 1 = 1";

// Reads columns from left to right.
class Columns {
 public:
  explicit Columns(const sql::Row& row) : row_(row) {}
  void take(std::string& text) { text = row_.text(at_++); }
  void take(std::int64_t& number) { number = row_.integer(at_++); }

 private:
  const sql::Row& row_;
  std::size_t at_ = 0;
};

Alert read(const sql::Row& row) {
  Alert a;
  Columns in(row);
  in.take(a.id), in.take(a.version), in.take(a.state), in.take(a.severity), in.take(a.subject_kind);
  in.take(a.subject), in.take(a.rule), in.take(a.typology), in.take(a.reason), in.take(a.agent);
  in.take(a.merchant), in.take(a.terminal), in.take(a.period), in.take(a.opened_sequence);
  in.take(a.first_at), in.take(a.last_at), in.take(a.decisions), in.take(a.snoozed_decisions);
  in.take(a.cooled_decisions), in.take(a.declined), in.take(a.amount), in.take(a.currency);
  in.take(a.assignee), in.take(a.snoozed_until), in.take(a.verdict), in.take(a.verdict_by);
  in.take(a.verdict_at), in.take(a.cool_until), in.take(a.previous), in.take(a.act);
  in.take(a.first_happened_at), in.take(a.last_happened_at);
  return a;
}

core::Result<std::vector<Alert>> select(sql::Connection& connection, const std::string& statement,
                                        const std::vector<Parameter>& parameters) {
  std::vector<Alert> alerts;
  TRY_STATUS(connection.each(statement, parameters, [&](const sql::Row& row) {
    alerts.push_back(read(row));
    return true;
  }));
  return alerts;
}

std::string mark(std::vector<Parameter>& parameters, Parameter value) {
  parameters.push_back(value);
  return "$" + std::to_string(parameters.size());
}

// Conditions and order of a list, but for the scope.
std::string conditions(const Filter& filter, std::int64_t after_severity, std::string_view after_id,
                       std::vector<Parameter>& p) {
  std::string text;
  const auto same = [&](std::string_view column, const std::string& value) {
    if (!value.empty()) text += " and " + std::string(column) + " = " + mark(p, std::string_view(value));
  };
  same("state", filter.state);
  same("rule", filter.rule);
  same("subject", filter.subject);
  same("terminal", filter.terminal);
  if (filter.assignee == "-")
    text += " and assignee = ''";
  else
    same("assignee", filter.assignee);
  if (filter.severity_min > 1) text += " and severity >= " + mark(p, filter.severity_min);
  if (after_id.empty()) return text;
  if (filter.by_severity)
    text += " and (severity, id) < (" + mark(p, after_severity) + ", " + mark(p, after_id) + ")";
  else
    text += " and id < " + mark(p, after_id);
  return text;
}

std::string order_of(const Filter& filter) {
  return filter.by_severity ? " order by severity desc, id desc" : " order by id desc";
}

core::Result<std::vector<std::string>> agents_of(sql::Connection& connection, const Scope& scope) {
  std::vector<std::string> agents;
  for (const std::string& root : scope.roots()) {
    auto under = registry::subtree_of(connection, root, agents_one_by_one + 1);
    if (!under && under.error().code == core::ErrorCode::limit) {
      agents.resize(agents_one_by_one + 1);
      return agents;
    }
    if (!under) return std::unexpected(under.error());
    for (std::string& agent : *under)
      if (std::ranges::find(agents, agent) == agents.end()) agents.push_back(std::move(agent));
    if (agents.size() > agents_one_by_one) break;
  }
  return agents;
}

}  // namespace

Placing place(const Alert* last, core::TimeMs time, const Grouping& grouping) {
  if (last == nullptr) return Placing::opens;
  if (last->state == "closed") return time < last->cool_until ? Placing::cools : Placing::opens;
  if (last->state == "snoozed" && time < last->snoozed_until) return Placing::joins_snoozed;
  return last->period == grouping.period_of(time) ? Placing::joins : Placing::opens;
}

core::Result<std::optional<Alert>> newest(sql::Connection& connection, std::string_view rule,
                                          std::string_view subject_kind, std::string_view subject,
                                          std::string_view agent) {
  const std::string statement = std::string(columns) +
                                " and rule = $1 and subject = $2 and subject_kind = $3 and agent = $4"
                                " order by opened_sequence desc limit 1";
  TRY(alerts, select(connection, statement, {rule, subject, subject_kind, agent}));
  if (alerts.empty()) return std::optional<Alert>();
  return std::optional(std::move(alerts.front()));
}

core::Result<std::optional<Alert>> find(sql::Connection& connection, const Scope& scope,
                                        std::string_view id) {
  std::vector<Parameter> parameters{id};
  const std::string statement = std::string(columns) + " and id = $1" + scope.condition("agent", parameters);
  TRY(alerts, select(connection, statement, parameters));
  if (alerts.empty()) return std::optional<Alert>();
  return std::optional(std::move(alerts.front()));
}

core::Result<std::vector<Alert>> list(sql::Connection& connection, const Scope& scope, const Filter& filter,
                                      std::int64_t after_severity, std::string_view after_id,
                                      std::size_t count) {
  std::vector<Parameter> p;
  const std::string wanted = conditions(filter, after_severity, after_id, p);
  const auto page = static_cast<std::int64_t>(count);
  std::vector<std::string> agents;
  if (!scope.all()) {
    TRY(those, agents_of(connection, scope));
    agents = std::move(those);
    if (agents.empty()) return std::vector<Alert>();
  }
  if (scope.all() || agents.size() > agents_one_by_one) {
    std::string statement = std::string(columns) + wanted + scope.condition("agent", p) + order_of(filter);
    statement += " limit " + mark(p, page);
    return select(connection, statement, p);
  }
  std::vector<Alert> all;
  std::string statement = std::string(columns) + wanted + " and agent = " + mark(p, std::string_view());
  const std::size_t agent_at = p.size() - 1;
  statement += order_of(filter) + " limit " + mark(p, page);
  for (const std::string& agent : agents) {
    p[agent_at] = std::string_view(agent);
    TRY(some, select(connection, statement, p));
    for (Alert& alert : some) all.push_back(std::move(alert));
  }
  std::ranges::sort(all, [&](const Alert& a, const Alert& b) {
    if (filter.by_severity && a.severity != b.severity) return a.severity > b.severity;
    return a.id > b.id;
  });
  if (all.size() > count) all.resize(count);
  return all;
}

std::string alert_id(std::int64_t sequence, std::int64_t place) {
  return fmt::format("alt_{:016x}{:02x}", sequence, place);
}

core::Result<std::vector<Alert>> opened_by(sql::Connection& connection, core::Sequence sequence) {
  const auto number = static_cast<std::int64_t>(sequence.value);
  const std::string first = alert_id(number, 0), behind = alert_id(number + 1, 0);
  return select(connection, std::string(columns) + " and id >= $1 and id < $2 order by id",
                std::vector<Parameter>{std::string_view(first), std::string_view(behind)});
}

core::Result<std::vector<Alert>> opened_after(sql::Connection& connection, const Scope& scope,
                                              std::string_view after, std::int64_t severity_min,
                                              std::size_t count) {
  std::vector<Parameter> p{after, severity_min};
  std::string statement =
      std::string(columns) + " and id > $1 and severity >= $2" + scope.condition("agent", p);
  statement += " order by id limit " + mark(p, static_cast<std::int64_t>(count));
  return select(connection, statement, p);
}

core::Result<std::string> newest_id(sql::Connection& connection) {
  TRY(rows, connection.query("select coalesce(max(id), '') from findings_alert"));
  return std::string(rows[0].text(0));
}

core::Result<std::vector<std::int64_t>> count_open(sql::Connection& connection, const Scope& scope) {
  std::vector<Parameter> parameters;
  const std::string statement = "select severity, count(*) from findings_alert where state = 'open'" +
                                scope.condition("agent", parameters) + " group by severity";
  std::vector<std::int64_t> counts(4);
  TRY_STATUS(connection.each(statement, parameters, [&](const sql::Row& row) {
    const std::int64_t severity = std::clamp<std::int64_t>(row.integer(0), 1, 4);
    counts[static_cast<std::size_t>(severity - 1)] += row.integer(1);
    return true;
  }));
  return counts;
}

core::Result<WaitingAlerts> count_waiting(sql::Connection& connection, const Scope& scope,
                                          std::string_view account, core::TimeMs now) {
  std::vector<Parameter> own{account}, due{now};
  const std::string assigned = "select count(*) from findings_alert where assignee = $1 and state = 'open'" +
                               scope.condition("agent", own);
  const std::string put_off =
      "select count(*) from findings_alert where state = 'snoozed' and snoozed_until <= $1" +
      scope.condition("agent", due);
  TRY(mine, connection.query(assigned, own));
  TRY(snoozed, connection.query(put_off, due));
  return WaitingAlerts{mine[0].integer(0), snoozed[0].integer(0)};
}

core::Result<std::vector<AlertDecision>> decisions_of(sql::Connection& connection, std::string_view alert) {
  TRY(rows,
      connection.query("select sequence, at, happened_at, coalesce(client, ''), coalesce(request_id, ''),"
                       " coalesce(amount, 0), coalesce(currency, '') from findings_decision"
                       " where alert = $1 order by sequence",
                       {alert}));
  std::vector<AlertDecision> decisions;
  for (std::size_t i = 0; i < rows.size(); ++i)
    decisions.push_back({rows[i].integer(0), rows[i].integer(1), rows[i].integer(2),
                         std::string(rows[i].text(3)), std::string(rows[i].text(4)), rows[i].integer(5),
                         std::string(rows[i].text(6))});
  return decisions;
}

core::Result<std::vector<AlertEvent>> events_of(sql::Connection& connection, std::string_view alert) {
  TRY(rows, connection.query("select act, at, actor, action, value, note from findings_event"
                             " where alert = $1 order by act desc limit 500",
                             {alert}));
  std::vector<AlertEvent> events;
  for (std::size_t i = 0; i < rows.size(); ++i)
    events.push_back({rows[i].integer(0), rows[i].integer(1), std::string(rows[i].text(2)),
                      std::string(rows[i].text(3)), std::string(rows[i].text(4)),
                      std::string(rows[i].text(5))});
  return events;
}

core::Result<std::vector<RulePrecision>> precision(sql::Connection& connection) {
  TRY(rows, connection.query("select rule, alerts, fraud, good, unsure from findings_rule order by rule"));
  std::vector<RulePrecision> rules;
  for (std::size_t i = 0; i < rows.size(); ++i)
    rules.push_back({std::string(rows[i].text(0)), rows[i].integer(1), rows[i].integer(2), rows[i].integer(3),
                     rows[i].integer(4)});
  return rules;
}

}  // namespace tillwatch::findings
