#include "desk/day_figures.h"

#include <vector>

#include "desk/decision_eras.h"
#include "desk/decision_search.h"

namespace tillwatch::desk {
namespace {

constexpr std::size_t merchants_max = 500;

core::Result<FiguresByCurrency> of_all(sql::Connection& connection, core::TimeMs from, core::TimeMs to) {
  FiguresByCurrency figures;
  const std::vector<sql::Parameter> parameters{from, to};
  TRY_STATUS(
      connection.each("select currency, count, amount, challenged, declined, held, fired from decision_hour"
                      " where hour >= $1 and hour < $2",
                      parameters, [&](const sql::Row& row) {
                        DayFigures& sums = figures[std::string(row.text(0))];
                        sums.count += row.integer(1);
                        sums.amount += row.integer(2);
                        sums.challenged += row.integer(3);
                        sums.declined += row.integer(4);
                        sums.held += row.integer(5);
                        sums.fired += row.integer(6);
                        return true;
                      }));
  return figures;
}

void add(FiguresByCurrency& figures, const sql::Row& row) {
  DayFigures& sums = figures[std::string(row.text(0))];
  ++sums.count;
  sums.amount += row.integer(1);
  sums.challenged += row.integer(2) == 1 ? 1 : 0;
  sums.declined += row.integer(2) == 2 ? 1 : 0;
  sums.held += row.integer(3) == 1 ? 1 : 0;
  sums.fired += row.integer(4);
}

}  // namespace

core::Result<std::optional<FiguresByCurrency>> figures_of(sql::Connection& connection,
                                                          const registry::Scope& scope, core::TimeMs from,
                                                          core::TimeMs to) {
  if (scope.all()) {
    TRY(figures, of_all(connection, from, to));
    return figures;
  }
  FiguresByCurrency figures;
  if (scope.roots().empty()) return figures;
  TRY(numbers, numbers_within(connection, scope.roots(), merchants_max));
  if (!numbers) return std::nullopt;
  TRY(low, first_admitted_from(connection, from));
  TRY(high, first_admitted_from(connection, to));
  TRY(eras, eras_within(connection, {low, high}));
  const std::string statement =
      "select coalesce(currency, ''), coalesce(amount, 0), asked_authorisation, asked_settlement, fired"
      " from decision where merchant = $1 and " +
      std::string(relay::era_expression) +
      " = $5 and sequence >= $2 and sequence < $3 and kind = 'transaction' limit $4";
  std::size_t looked = 0;
  for (const std::string& number : *numbers)
    for (std::int64_t era = eras.oldest; era <= eras.newest; ++era) {
      const std::vector<sql::Parameter> parameters{
          std::string_view(number), low, high, static_cast<std::int64_t>(figure_rows_max - looked + 1), era};
      TRY_STATUS(connection.each(statement, parameters, [&](const sql::Row& row) {
        ++looked;
        add(figures, row);
        return true;
      }));
      if (looked > figure_rows_max) return std::nullopt;
    }
  return figures;
}

}  // namespace tillwatch::desk
