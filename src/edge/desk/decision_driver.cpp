#include "desk/decision_driver.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "desk/decision_row.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view within_span = "sequence < $1 and sequence >= $2";
constexpr std::string_view order = " order by sequence desc limit $3";

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
  return condition;
}

// $4 is the era. Of several values a list of one length at a time.
std::string condition_by_era(std::string_view column, bool several) {
  return std::string(relay::era_expression) + " = $4 and " + std::string(column) +
         (several ? " in (" + placeholders(5) + ")" : " = $5") + " and ";
}

// What of a span lies in an era: said beside it, so that no plan of a database looks beyond.
relay::SequenceSpan within(relay::SequenceSpan span, std::int64_t era) {
  return {std::max(span.low, era << relay::era_bits), std::min(span.before, (era + 1) << relay::era_bits)};
}

core::Status add(sql::Connection& connection, std::string_view statement,
                 const std::vector<sql::Parameter>& parameters, std::vector<std::int64_t>& to) {
  return connection.each(statement, parameters, [&to](const sql::Row& row) {
    to.push_back(row.integer(0));
    return true;
  });
}

}  // namespace

DecisionDriver DecisionDriver::all() {
  DecisionDriver driver(Kind::all);
  driver.statement_ = "select sequence from decision where " + std::string(within_span) + std::string(order);
  return driver;
}

DecisionDriver DecisionDriver::column(std::string_view column, std::int64_t value) {
  DecisionDriver driver(is_by_era(column) ? Kind::by_era : Kind::column);
  driver.statement_ = "select sequence from decision where " +
                      (is_by_era(column) ? condition_by_era(column, false) : condition_of(column)) +
                      std::string(within_span) + std::string(order);
  driver.number_ = value;
  driver.numeric_ = true;
  return driver;
}

DecisionDriver DecisionDriver::column(std::string_view column, std::string value) {
  DecisionDriver driver = DecisionDriver::column(column, 0);
  driver.texts_ = {std::move(value)};
  driver.numeric_ = false;
  return driver;
}

DecisionDriver DecisionDriver::hit(std::string_view column, std::string value) {
  DecisionDriver driver(Kind::column);
  driver.statement_ =
      "select sequence from decision_hit where " + condition_of(column) + std::string(within_span);
  // Two rules of one typology may hit one decision.
  if (column != "rule") driver.statement_ += " group by sequence";
  driver.statement_ += order;
  driver.texts_ = {std::move(value)};
  return driver;
}

DecisionDriver DecisionDriver::merchants(std::vector<std::string> numbers) {
  DecisionDriver driver(numbers.empty() ? Kind::listed : Kind::by_era);  // of nobody there is nothing
  driver.statement_ = "select sequence from decision where " +
                      condition_by_era("merchant", numbers.size() > 1) + std::string(within_span) +
                      std::string(order);
  driver.texts_ = std::move(numbers);
  return driver;
}

DecisionDriver DecisionDriver::listed(std::vector<std::int64_t> sequences) {
  DecisionDriver driver(Kind::listed);
  std::ranges::sort(sequences, std::greater());
  driver.sequences_ = std::move(sequences);
  return driver;
}

// The newest of an era, of all values: those of each list, merged.
core::Status DecisionDriver::add_of_era(sql::Connection& connection, relay::SequenceSpan span,
                                        std::int64_t era, std::size_t count,
                                        std::vector<std::int64_t>& to) const {
  const auto [low, before] = within(span, era);
  std::vector<sql::Parameter> parameters{before, low, static_cast<std::int64_t>(count), era};
  constexpr std::size_t fixed = 4;
  if (numeric_) {
    parameters.emplace_back(number_);
    return add(connection, statement_, parameters, to);
  }
  const std::size_t begun = to.size();
  const std::size_t length = texts_.size() > 1 ? list_length : 1;
  for (std::size_t at = 0; at < texts_.size(); at += length) {
    parameters.resize(fixed);
    for (std::size_t i = 0; i < length; ++i)
      parameters.emplace_back(std::string_view(texts_[std::min(at + i, texts_.size() - 1)]));
    TRY_STATUS(add(connection, statement_, parameters, to));
  }
  std::sort(to.begin() + static_cast<std::ptrdiff_t>(begun), to.end(), std::greater());
  to.resize(std::min(to.size(), begun + count));
  return {};
}

core::Result<Sequences> DecisionDriver::of_eras(sql::Connection& connection, relay::SequenceSpan span,
                                                std::size_t count) const {
  TRY(eras, relay::eras_within(connection, span));
  Sequences found;
  for (std::int64_t era = eras.newest; era >= eras.oldest && found.newest_first.size() < count; --era)
    TRY_STATUS(add_of_era(connection, span, era, count - found.newest_first.size(), found.newest_first));
  found.last = found.newest_first.size() < count;
  return found;
}

core::Result<Sequences> DecisionDriver::next(sql::Connection& connection, relay::SequenceSpan span,
                                             std::size_t count) const {
  Sequences found;
  switch (kind_) {
    case Kind::by_era:
      return of_eras(connection, span, count);
    case Kind::listed: {
      auto at = std::ranges::lower_bound(sequences_, span.before - 1, std::greater());
      for (; at != sequences_.end() && *at >= span.low && found.newest_first.size() < count; ++at)
        found.newest_first.push_back(*at);
      found.last = at == sequences_.end() || *at < span.low;
      return found;
    }
    case Kind::all:
    case Kind::column:
      break;
  }
  std::vector<sql::Parameter> parameters{span.before, span.low, static_cast<std::int64_t>(count)};
  if (kind_ == Kind::column)
    parameters.push_back(numeric_ ? sql::Parameter(number_) : sql::Parameter(std::string_view(texts_[0])));
  TRY_STATUS(add(connection, statement_, parameters, found.newest_first));
  found.last = found.newest_first.size() < count;
  return found;
}

}  // namespace tillwatch::desk
