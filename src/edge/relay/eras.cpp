#include "relay/eras.h"

#include <algorithm>

namespace tillwatch::relay {

core::Result<EraSpan> eras_within(sql::Connection& connection, SequenceSpan span) {
  TRY(ends, connection.query("select coalesce((select min(sequence) from decision), 0),"
                             " coalesce((select max(sequence) from decision), -1)"));
  const std::int64_t low = std::max(span.low, ends[0].integer(0));
  const std::int64_t high = std::min(span.before - 1, ends[0].integer(1));
  if (high < low) return EraSpan{};
  return EraSpan{era_of(low), era_of(high)};
}

}  // namespace tillwatch::relay
