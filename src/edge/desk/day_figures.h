// The sums of a day over what a caller may see: from the hours that the projector keeps, or row by row where
// the caller has few merchants. Called by home. Never looks at more than a set number of rows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/time.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::desk {

struct DayFigures {
  std::int64_t count = 0, amount = 0, challenged = 0, declined = 0, held = 0, fired = 0;
};
using FiguresByCurrency = std::map<std::string, DayFigures>;

inline constexpr std::size_t figure_rows_max = 20'000;

// Of transactions admitted from `from` to before `to`. nullopt: too many to count for one page.
core::Result<std::optional<FiguresByCurrency>> figures_of(sql::Connection& connection,
                                                          const registry::Scope& scope, core::TimeMs from,
                                                          core::TimeMs to);

}  // namespace tillwatch::desk
