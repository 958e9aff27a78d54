// An alert: what fired about one subject by one rule within one period, and where it stands with people. Read
// by the lists and pages, changed by inbox.h (what fires) and handling.h (what people do).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/strong.h"
#include "core/time.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::findings {

// The decision that opens it, and the place among its hits. Later ones are greater.
std::string alert_id(std::int64_t sequence, std::int64_t place);

struct Alert {
  std::string id;
  std::int64_t version = 1;
  std::string state;  // open, snoozed, closed
  std::int64_t severity = 1;
  std::string subject_kind;
  std::string subject;
  std::string rule;
  std::string typology;
  std::string reason;
  std::string agent;     // id in the registry; "" where nobody's
  std::string merchant;  // as traffic has it; "" where unknown
  std::string terminal;
  std::int64_t period = 0;
  std::int64_t opened_sequence = 0;
  core::TimeMs first_at = 0;  // admitted
  core::TimeMs last_at = 0;
  core::TimeMs first_happened_at = 0;  // the earliest and the latest by their own time, however they arrived
  core::TimeMs last_happened_at = 0;
  std::int64_t decisions = 0;          // while open
  std::int64_t snoozed_decisions = 0;  // while snoozed
  std::int64_t cooled_decisions = 0;   // after it was closed, within the cool-down
  std::int64_t declined = 0;           // of all of these
  std::int64_t amount = 0;             // of all of these, in the base currency
  std::string currency;
  std::string assignee;
  core::TimeMs snoozed_until = 0;
  std::string verdict;  // "", fraud, good, unsure
  std::string verdict_by;
  core::TimeMs verdict_at = 0;
  core::TimeMs cool_until = 0;
  std::string previous;  // the alert before it about the same
  std::int64_t act = 0;
};

// How decisions are gathered.
struct Grouping {
  core::DurationMs period_ms = core::day_ms;
  std::int64_t utc_offset_minutes = 480;  // where a day begins
  core::DurationMs cool_good_ms = 7 * core::day_ms;
  core::DurationMs cool_unsure_ms = core::day_ms;
  core::DurationMs cool_fraud_ms = 0;

  std::int64_t period_of(core::TimeMs time) const {
    return core::floor_div(time + utc_offset_minutes * core::minute_ms, period_ms);
  }
  core::DurationMs cool_down(std::string_view verdict) const {
    return verdict == "good" ? cool_good_ms : verdict == "unsure" ? cool_unsure_ms : cool_fraud_ms;
  }
};

// What becomes of one more decision about the same subject by the same rule, of the same agent.
enum class Placing : std::uint8_t { opens, joins, joins_snoozed, cools };
// `last`: the newest alert about it; nullptr: there is none.
Placing place(const Alert* last, core::TimeMs time, const Grouping& grouping);

// The newest alert about it.
core::Result<std::optional<Alert>> newest(sql::Connection& connection, std::string_view rule,
                                          std::string_view subject_kind, std::string_view subject,
                                          std::string_view agent);
// nullopt outside the scope too.
core::Result<std::optional<Alert>> find(sql::Connection& connection, const registry::Scope& scope,
                                        std::string_view id);

struct Filter {
  std::string state;     // "": all
  std::string assignee;  // "": all; "-": nobody's
  std::string rule;
  std::int64_t severity_min = 0;
  std::string subject;  // as traffic has it: a merchant's number, a serial
  std::string terminal;
  bool by_severity = false;  // the gravest first; else the newest first
};
// A page after (severity, id) of the last one shown; "" begins.
core::Result<std::vector<Alert>> list(sql::Connection& connection, const registry::Scope& scope,
                                      const Filter& filter, std::int64_t after_severity,
                                      std::string_view after_id, std::size_t count);

// The alerts that a decision opened.
core::Result<std::vector<Alert>> opened_by(sql::Connection& connection, core::Sequence sequence);
// What was opened after the alert `after` ("": all), oldest first.
core::Result<std::vector<Alert>> opened_after(sql::Connection& connection, const registry::Scope& scope,
                                              std::string_view after, std::int64_t severity_min,
                                              std::size_t count);
// The id of the newest alert; "" where there is none.
core::Result<std::string> newest_id(sql::Connection& connection);

// How many are open, by severity 1 to 4 (index 0: severity 1).
core::Result<std::vector<std::int64_t>> count_open(sql::Connection& connection, const registry::Scope& scope);

// What waits for one person, and what was put off and is due again.
struct WaitingAlerts {
  std::int64_t mine = 0;  // open
  std::int64_t snoozed_due = 0;
};
core::Result<WaitingAlerts> count_waiting(sql::Connection& connection, const registry::Scope& scope,
                                          std::string_view account, core::TimeMs now);

struct AlertDecision {
  std::int64_t sequence = 0;
  core::TimeMs at = 0;  // admitted
  core::TimeMs happened_at = 0;
  std::string client;
  std::string request_id;  // "" where the entry has none
  std::int64_t amount = 0;
  std::string currency;
};
// Those that are kept, oldest first.
core::Result<std::vector<AlertDecision>> decisions_of(sql::Connection& connection, std::string_view alert);

struct AlertEvent {
  std::int64_t act = 0;
  core::TimeMs at = 0;
  std::string actor;
  std::string action;  // assigned, snoozed, noted, judged
  std::string value;   // the assignee, the time, the verdict
  std::string note;    // reason or text
};
// Newest first, at most 500.
core::Result<std::vector<AlertEvent>> events_of(sql::Connection& connection, std::string_view alert);

// What came of a rule so far: for the policy room.
struct RulePrecision {
  std::string rule;
  std::int64_t alerts = 0;
  std::int64_t fraud = 0;
  std::int64_t good = 0;
  std::int64_t unsure = 0;
};
core::Result<std::vector<RulePrecision>> precision(sql::Connection& connection);

}  // namespace tillwatch::findings
