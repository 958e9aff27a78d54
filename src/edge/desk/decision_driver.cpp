#include "desk/decision_driver.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace tillwatch::desk {
namespace {

constexpr std::string_view within_span = "sequence < $1 and sequence >= $2";
constexpr std::string_view order = " order by sequence desc limit $3";
constexpr std::size_t of_each_merchant = 64;

constexpr std::array<std::string_view, 5> columns_by_era{"merchant", "terminal", "agent", "card",
                                                         "request_id"};

bool is_by_era(std::string_view column) {
  return std::ranges::find(columns_by_era, column) != columns_by_era.end();
}

// A column that is mostly 0 is indexed where it is not: the statement has to say so for the index to be of
// use.
std::string condition_of(std::string_view column) {
  std::string condition = std::string(column) + " = $4 and ";
  if (column == "asked_authorisation") condition += "asked_authorisation > 0 and ";
  if (column == "fired") condition += "fired = 1 and ";
  if (is_by_era(column)) condition += std::string(relay::era_expression) + " = $5 and ";
  return condition;
}

}  // namespace

DecisionDriver DecisionDriver::column(std::string_view column, std::int64_t value) {
  DecisionDriver driver(Kind::column);
  driver.statement_ = "select sequence from decision where " + condition_of(column) +
                      std::string(within_span) + std::string(order);
  driver.by_era_ = is_by_era(column);
  driver.number_ = value;
  driver.numeric_ = true;
  return driver;
}

DecisionDriver DecisionDriver::column(std::string_view column, std::string value) {
  DecisionDriver driver = DecisionDriver::column(column, 0);
  driver.text_ = std::move(value);
  driver.numeric_ = false;
  return driver;
}

DecisionDriver DecisionDriver::hit(std::string_view column, std::string value) {
  DecisionDriver driver(Kind::hit);
  driver.statement_ =
      "select sequence from decision_hit where " + condition_of(column) + std::string(within_span);
  // Two rules of one typology may hit one decision.
  if (column != "rule") driver.statement_ += " group by sequence";
  driver.statement_ += order;
  driver.text_ = std::move(value);
  return driver;
}

DecisionDriver DecisionDriver::merchants(std::vector<std::string> numbers) {
  DecisionDriver driver(Kind::merchants);
  driver.statement_ = "select sequence from decision where " + condition_of("merchant") +
                      std::string(within_span) + std::string(order);
  driver.numbers_ = std::move(numbers);
  return driver;
}

DecisionDriver DecisionDriver::listed(std::vector<std::int64_t> sequences) {
  DecisionDriver driver(Kind::listed);
  std::ranges::sort(sequences, std::greater());
  driver.sequences_ = std::move(sequences);
  return driver;
}

core::Result<bool> DecisionDriver::add(sql::Connection& connection, const sql::Parameter& value,
                                       relay::SequenceSpan span, std::optional<std::int64_t> era,
                                       std::size_t count, std::vector<std::int64_t>& to) const {
  std::vector<sql::Parameter> parameters{span.before, span.low, static_cast<std::int64_t>(count), value};
  if (era) parameters.emplace_back(*era);
  std::size_t added = 0;
  TRY_STATUS(connection.each(statement_, parameters, [&](const sql::Row& row) {
    to.push_back(row.integer(0));
    ++added;
    return true;
  }));
  return added == count;
}

core::Result<Sequences> DecisionDriver::ask(sql::Connection& connection, relay::SequenceSpan span,
                                            std::size_t count) const {
  const sql::Parameter value = numeric_ ? sql::Parameter(number_) : sql::Parameter(std::string_view(text_));
  Sequences found;
  if (!by_era_) {
    TRY(more, add(connection, value, span, {}, count, found.newest_first));
    found.last = !more;
    return found;
  }
  TRY(eras, relay::eras_within(connection, span));
  for (std::int64_t era = eras.newest; era >= eras.oldest && found.newest_first.size() < count; --era)
    TRY_STATUS(add(connection, value, span, era, count - found.newest_first.size(), found.newest_first));
  found.last = found.newest_first.size() < count;
  return found;
}

// The newest of each, merged; complete down to the oldest of the one of whom there is more in its era.
core::Result<Sequences> DecisionDriver::of_merchants(sql::Connection& connection, relay::SequenceSpan span,
                                                     std::size_t count) const {
  TRY(eras, relay::eras_within(connection, span));
  Sequences merged;
  merged.last = true;
  std::int64_t horizon = 0;
  for (std::int64_t era = eras.newest; era >= eras.oldest && merged.last; --era) {
    for (const std::string& number : numbers_) {
      TRY(more, add(connection, std::string_view(number), span, era, of_each_merchant, merged.newest_first));
      if (!more) continue;
      merged.last = false;
      horizon = std::max(horizon, merged.newest_first.back());
    }
    if (merged.newest_first.size() >= count && era > eras.oldest) merged.last = false;
  }
  std::erase_if(merged.newest_first, [horizon](std::int64_t sequence) { return sequence < horizon; });
  std::ranges::sort(merged.newest_first, std::greater());
  return merged;
}

core::Result<Sequences> DecisionDriver::next(sql::Connection& connection, relay::SequenceSpan span,
                                             std::size_t count) const {
  switch (kind_) {
    case Kind::merchants:
      return of_merchants(connection, span, count);
    case Kind::listed: {
      Sequences found;
      auto at = std::ranges::lower_bound(sequences_, span.before - 1, std::greater());
      for (; at != sequences_.end() && *at >= span.low && found.newest_first.size() < count; ++at)
        found.newest_first.push_back(*at);
      found.last = at == sequences_.end() || *at < span.low;
      return found;
    }
    case Kind::all: {
      Sequences found;
      const std::vector<sql::Parameter> parameters{span.before, span.low, static_cast<std::int64_t>(count)};
      TRY_STATUS(
          connection.each("select sequence from decision where sequence < $1 and sequence >= $2 order by "
                          "sequence desc limit $3",
                          parameters, [&](const sql::Row& row) {
                            found.newest_first.push_back(row.integer(0));
                            return true;
                          }));
      found.last = found.newest_first.size() < count;
      return found;
    }
    case Kind::column:
    case Kind::hit:
      break;
  }
  return ask(connection, span, count);
}

}  // namespace tillwatch::desk
