// What fires becomes alerts: one for a subject, a rule and a period. Called by the projector for every
// record, in its transaction, so that each decision counts exactly once. Opens, joins, or counts what came
// while an alert was snoozed or shortly after it was closed; never leaves a hit out, never asks a clock.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "findings/alert.h"
#include "relay/projector.h"

namespace tillwatch::findings {

inline constexpr std::int64_t decisions_kept_first = 50;
inline constexpr std::int64_t decisions_kept_last = 50;

// One live rule that matched in one decision.
struct Hit {
  std::int64_t sequence = 0;
  std::int64_t place = 0;  // among the decision's hits: the same sequence opens an alert for each rule
  core::TimeMs at = 0;     // admitted: what gathers, wakes and cools goes by it
  core::TimeMs happened_at = 0;
  std::string_view rule, typology, reason;
  std::int64_t severity = 1;
  std::string_view subject_kind, subject;
  std::string_view agent;  // id in the registry; "" where nobody's
  std::string_view merchant, terminal;
  bool declined = false;
  std::string_view client, request_id;
  std::int64_t amount = 0;
  std::string_view currency;
};

class Inbox final : public relay::Projection {
 public:
  explicit Inbox(Grouping grouping) : grouping_(grouping) {}
  core::Status project(sql::Connection& connection, const relay::ProjectedRecord& record) override;

  // One hit; the steps of project().
  core::Status take(sql::Connection& connection, const Hit& hit) const;
  // Alerts whose snooze is over are open again.
  static core::Status wake(sql::Connection& connection, core::TimeMs now);

 private:
  core::Status open(sql::Connection& connection, const Hit& hit, const Alert* previous) const;

  Grouping grouping_;
};

}  // namespace tillwatch::findings
