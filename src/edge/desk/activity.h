// Activity of a merchant, a terminal or an agent's merchants as a series for charts: transactions, amount,
// how many were declined, how many fired, by hour or day. Called by the registry's routes. Reads the
// projection of the journal only; spans are bounded, so that a chart never scans years.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "desk/fields.h"
#include "registry/entity.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::desk {

struct ActivityWish {
  core::TimeMs from = 0;
  core::TimeMs to = 0;  // not included
  core::DurationMs step_ms = core::day_ms;
  std::int64_t utc_offset_minutes = 0;

  // ?from, ?to, ?step=hour|day. Left out: the thirty days before now, by day. At most 400 steps.
  static ActivityWish of(const Call& call, Query& query, std::int64_t utc_offset_minutes);
};

inline constexpr std::int64_t activity_steps_max = 400;

// Whose: an id of the registry, or a merchant's number or a serial that only traffic knows.
struct ActivityOf {
  registry::Entity entity;
  std::string_view id;
  bool registered = true;
};
// Only what `scope` sees: a terminal that came from elsewhere begins where it came, as its decisions do.
core::Result<Answer> activity_of(sql::Connection& connection, const registry::Scope& scope,
                                 const ActivityOf& of, const ActivityWish& wish, std::string_view currency);

}  // namespace tillwatch::desk
