#include "desk/decision_driver.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace tillwatch::desk {
namespace {

constexpr std::string_view within_span = "sequence < $1 and sequence >= $2";
constexpr std::string_view order = " order by sequence desc limit $3";
constexpr std::size_t of_each_merchant = 64;

// A column that is mostly 0 is indexed where it is not: the statement has to say so for the index to be of
// use.
std::string condition_of(std::string_view column) {
  std::string condition = std::string(column) + " = $4 and ";
  if (column == "asked_authorisation") condition += "asked_authorisation > 0 and ";
  return condition;
}

}  // namespace

DecisionDriver DecisionDriver::column(std::string_view column, std::int64_t value) {
  DecisionDriver driver(Kind::column);
  driver.statement_ = "select sequence from decision where " + condition_of(column) +
                      std::string(within_span) + std::string(order);
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

core::Result<Sequences> DecisionDriver::ask(sql::Connection& connection, const sql::Parameter& value,
                                            SequenceSpan span, std::size_t count) const {
  Sequences found;
  const std::vector<sql::Parameter> parameters{span.before, span.low, static_cast<std::int64_t>(count),
                                               value};
  TRY_STATUS(connection.each(statement_, parameters, [&](const sql::Row& row) {
    found.newest_first.push_back(row.integer(0));
    return true;
  }));
  found.last = found.newest_first.size() < count;
  return found;
}

// The newest of each, merged; complete down to the oldest of the one of whom there is more.
core::Result<Sequences> DecisionDriver::of_merchants(sql::Connection& connection, SequenceSpan span) const {
  Sequences merged;
  merged.last = true;
  std::int64_t horizon = 0;
  for (const std::string& number : numbers_) {
    TRY(one, ask(connection, std::string_view(number), span, of_each_merchant));
    if (!one.last) {
      merged.last = false;
      horizon = std::max(horizon, one.newest_first.back());
    }
    merged.newest_first.insert(merged.newest_first.end(), one.newest_first.begin(), one.newest_first.end());
  }
  std::erase_if(merged.newest_first, [horizon](std::int64_t sequence) { return sequence < horizon; });
  std::ranges::sort(merged.newest_first, std::greater());
  return merged;
}

core::Result<Sequences> DecisionDriver::next(sql::Connection& connection, SequenceSpan span,
                                             std::size_t count) const {
  switch (kind_) {
    case Kind::merchants:
      return of_merchants(connection, span);
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
  return ask(connection, numeric_ ? sql::Parameter(number_) : sql::Parameter(std::string_view(text_)), span,
             count);
}

}  // namespace tillwatch::desk
