#include "relay/sums.h"

#include <fmt/format.h>

#include "engine/decision.h"
#include "payment/entry.h"

namespace tillwatch::relay {
namespace {

constexpr std::int64_t low_part = 1'000'000;

}  // namespace

std::string sum_columns(std::string_view column) {
  return fmt::format(
      "cast(coalesce(sum({0} / {1}), 0) as bigint), cast(coalesce(sum({0} % {1}), 0) as bigint)", column,
      low_part);
}

std::int64_t read_sum(const sql::Row& row, std::size_t first) {
  const std::int64_t high = row.integer(first);
  if (high > sum_most / low_part) return sum_most;
  if (high < -sum_most / low_part) return -sum_most;
  return capped_sum(high * low_part, row.integer(first + 1));
}

std::string capped_addition(std::string_view column, std::string_view added) {
  // Nested, so that nothing is subtracted on the side where that would not fit either.
  return fmt::format(
      "case when {1} > 0 then case when {0} > {2} - {1} then {2} else {0} + {1} end"
      " else case when {0} < -{2} - {1} then -{2} else {0} + {1} end end",
      column, added, sum_most);
}

Sums sums_of(const ProjectedRecord& record) {
  using payment::AttributeId;
  const engine::Decision& decision = *record.decision;
  Sums one{.count = 1};
  if (record.entry.has(AttributeId::amount)) one.amount = record.entry.get(AttributeId::amount).integer();
  one.challenged = decision.proposed.authorisation == engine::Authorisation::challenge ? 1 : 0;
  one.declined = decision.proposed.authorisation == engine::Authorisation::decline ? 1 : 0;
  one.held = decision.proposed.settlement == engine::Settlement::hold ? 1 : 0;
  one.fired = decision.fired() ? 1 : 0;
  return one;
}

}  // namespace tillwatch::relay
