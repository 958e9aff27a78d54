#include "relay/retention.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "core/office_limits.h"

namespace tillwatch::relay {

namespace {

constexpr std::array<std::string_view, 4> tables{"decision_hit", "decision_standing", "later_word",
                                                 "decision"};

}  // namespace

// The last of the oldest decisions that are to go; times of admission do not go back along the sequence.
core::Result<std::int64_t> Retention::last_to_go(sql::Connection& connection, core::TimeMs before) const {
  const std::array<sql::Parameter, 2> bounds{gone_to_,
                                             static_cast<std::int64_t>(core::limits::retention_rows_at_once)};
  std::int64_t last = 0;
  TRY_STATUS(connection.each(
      "select sequence, admitted_at from decision where sequence > $1 order by sequence limit $2", bounds,
      [&](const sql::Row& row) {
        if (row.integer(1) >= before) return false;
        last = row.integer(0);
        return true;
      }));
  return last;
}

core::Result<std::int64_t> Retention::step(sql::Connection& connection, core::TimeMs before) {
  TRY(last, last_to_go(connection, before));
  if (last == 0) return 0;
  TRY(transaction, sql::Transaction::begin(connection));
  std::int64_t gone = 0;
  for (const std::string_view table : tables) {
    TRY(some, connection.execute(fmt::format("delete from {} where sequence > $1 and sequence <= $2", table),
                                 {gone_to_, last}));
    gone = some;  // the decisions come last
  }
  TRY_STATUS(transaction.commit());
  gone_to_ = last;
  return gone;
}

}  // namespace tillwatch::relay
