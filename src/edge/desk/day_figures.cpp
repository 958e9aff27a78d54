#include "desk/day_figures.h"

#include <string>
#include <vector>

namespace tillwatch::desk {
namespace {

core::Result<registry::SumsByCurrency> of_all(sql::Connection& connection, core::TimeMs from,
                                              core::TimeMs to) {
  registry::SumsByCurrency figures;
  const std::vector<sql::Parameter> parameters{from, to};
  TRY_STATUS(connection.each(
      "select currency, count, amount, challenged, declined, held, fired from decision_hour"
      " where hour >= $1 and hour < $2",
      parameters, [&](const sql::Row& row) {
        figures[std::string(row.text(0))].add(
            {row.integer(1), row.integer(2), row.integer(3), row.integer(4), row.integer(5), row.integer(6)});
        return true;
      }));
  return figures;
}

}  // namespace

core::Result<registry::SumsByCurrency> figures_of(sql::Connection& connection, const registry::Scope& scope,
                                                  core::TimeMs from, core::TimeMs to) {
  if (scope.all()) return of_all(connection, from, to);
  return registry::agent_sums(connection, scope, from, to);
}

}  // namespace tillwatch::desk
