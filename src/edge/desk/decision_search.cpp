#include "desk/decision_search.h"

#include <algorithm>

#include "desk/decision_driver.h"
#include "registry/entity.h"
#include "registry/seen.h"

namespace tillwatch::desk {
namespace {

using sql::Parameter;

constexpr std::size_t asked_merchants_max = 200;   // more of them are met along the sequence sooner
constexpr std::size_t listed_events_max = 20'000;  // of a span of event times
constexpr std::size_t block_max = 1'000;           // sequences that the driver gives at once
// Ends a subquery after `exists`. PostgreSQL would else gather everything that it could be true of, for each
// statement anew, instead of asking for the rows at hand.
constexpr std::string_view row_by_row = " limit 1 offset 0";
constexpr std::size_t merchant_numbers_max = 100;  // of one merchant

std::string placeholder(std::vector<Parameter>& parameters, Parameter value) {
  parameters.push_back(value);
  return "$" + std::to_string(parameters.size());
}

// A filter whose names were looked up, with what it is made of.
struct Plan {
  DecisionDriver driver = DecisionDriver::all();
  std::vector<std::string> merchants;    // any of these; empty: not asked
  std::vector<std::string> agent_roots;  // within this agent; empty: not asked
  std::string keep;                      // the condition on each row
  std::vector<Parameter> parameters;     // of `keep`, from $51 on
  relay::SequenceSpan span;
  bool nothing = false;  // the filter cannot be met
};

class Planner {
 public:
  Planner(sql::Connection& connection, const registry::Scope& scope, const DecisionFilter& filter, Plan& plan)
      : connection_(connection), scope_(scope), filter_(filter), plan_(plan) {}

  core::Status make(std::int64_t before) {
    plan_.span.before = before;
    if (!scope_.all() && scope_.roots().empty()) plan_.nothing = true;
    TRY_STATUS(bound_by_admission());
    TRY_STATUS(name_merchants());
    TRY_STATUS(name_agent());
    TRY_STATUS(choose());
    write_condition();
    return {};
  }

 private:
  core::Status bound_by_admission() {
    if (filter_.from) {
      TRY(low, first_admitted_from(connection_, *filter_.from));
      plan_.span.low = low;
    }
    if (filter_.to) {
      TRY(before, first_admitted_from(connection_, *filter_.to));
      plan_.span.before = std::min(plan_.span.before, before);
    }
    return {};
  }

  core::Status name_merchants() {
    if (filter_.merchant.empty()) return {};
    TRY(rows, connection_.query(
                  "select number from registry_merchant_number where merchant = $1 limit $2",
                  {std::string_view(filter_.merchant), static_cast<std::int64_t>(merchant_numbers_max)}));
    for (std::size_t i = 0; i < rows.size(); ++i) plan_.merchants.emplace_back(rows[i].text(0));
    if (plan_.merchants.empty()) plan_.merchants.push_back(filter_.merchant);
    return {};
  }

  core::Status name_agent() {
    if (filter_.agent.empty()) return {};
    TRY(rows,
        connection_.query("select id from registry_agent where id = $1", {std::string_view(filter_.agent)}));
    if (!rows.empty()) {
      plan_.agent_roots.emplace_back(rows[0].text(0));
      return {};
    }
    TRY(id, registry::id_by_code(connection_, registry::Entity::agent, filter_.agent));
    if (id) plan_.agent_roots.push_back(*id);
    return {};
  }

  // The index that gives the fewest rows, as far as that can be known without counting.
  core::Status choose() {
    if (!filter_.request_id.empty()) return lead(DecisionDriver::column("request_id", filter_.request_id));
    if (filter_.card) return lead(DecisionDriver::column("card", *filter_.card));
    if (!filter_.terminal.empty()) return lead(DecisionDriver::column("terminal", filter_.terminal));
    if (!plan_.merchants.empty()) return lead(DecisionDriver::merchants(plan_.merchants));
    if (!filter_.agent.empty() && plan_.agent_roots.empty())
      return lead(DecisionDriver::column("agent", filter_.agent));
    for (const std::vector<std::string>* roots : {&std::as_const(plan_.agent_roots), &scope_.roots()}) {
      if (roots->empty()) continue;
      TRY(numbers, numbers_within(connection_, *roots, asked_merchants_max));
      if (numbers) return lead(DecisionDriver::merchants(*std::move(numbers)));
    }
    if (!filter_.rule.empty()) return lead(DecisionDriver::hit("rule", filter_.rule));
    if (filter_.authorisation.value_or(0) > 0)
      return lead(DecisionDriver::column("asked_authorisation", *filter_.authorisation));
    if (!filter_.typology.empty()) return lead(DecisionDriver::hit("typology", filter_.typology));
    const bool asks = filter_.settlement.value_or(0) > 0 || filter_.subject.value_or(0) > 0;
    if (asks || filter_.fired.value_or(false)) return lead(DecisionDriver::column("fired", std::int64_t{1}));
    return by_event_time();
  }

  core::Status by_event_time() {
    if (!filter_.event_from || !filter_.event_to) return {};
    std::vector<std::int64_t> sequences;
    const std::vector<Parameter> parameters{*filter_.event_from, *filter_.event_to,
                                            static_cast<std::int64_t>(listed_events_max + 1)};
    TRY_STATUS(
        connection_.each("select sequence from decision where event_time >= $1 and event_time < $2 limit $3",
                         parameters, [&](const sql::Row& row) {
                           sequences.push_back(row.integer(0));
                           return true;
                         }));
    if (sequences.size() > listed_events_max) return {};
    return lead(DecisionDriver::listed(std::move(sequences)));
  }

  core::Status lead(DecisionDriver driver) {
    plan_.driver = std::move(driver);
    return {};
  }

  void require(std::string condition) {
    plan_.keep += (plan_.keep.empty() ? "" : " and ") + std::move(condition);
  }
  void equal(std::string_view column, const std::string& text) {
    if (!text.empty())
      require(std::string(column) + " = " + placeholder(plan_.parameters, std::string_view(text)));
  }
  void compare(std::string_view column_and_sign, const std::optional<std::int64_t>& number) {
    if (number) require(std::string(column_and_sign) + placeholder(plan_.parameters, *number));
  }
  void hit(std::string_view column, const std::string& text) {
    if (text.empty()) return;
    require("exists (select 1 from decision_hit h where h.sequence = d.sequence and h." +
            std::string(column) + " = " + placeholder(plan_.parameters, std::string_view(text)) +
            std::string(row_by_row) + ")");
  }

  void write_condition() {
    plan_.parameters.resize(list_length);  // those of the sequences
    equal("d.terminal", filter_.terminal);
    equal("d.request_id", filter_.request_id);
    equal("d.kind", filter_.kind);
    equal("d.card_masked", filter_.card_masked);
    compare("d.card = ", filter_.card);
    compare("d.asked_authorisation = ", filter_.authorisation);
    compare("d.asked_settlement = ", filter_.settlement);
    compare("d.asked_subject = ", filter_.subject);
    if (filter_.fired) compare("d.fired = ", std::int64_t{*filter_.fired ? 1 : 0});
    compare("d.amount_base >= ", filter_.min_amount);
    compare("d.amount_base <= ", filter_.max_amount);
    compare("d.event_time >= ", filter_.event_from);
    compare("d.event_time < ", filter_.event_to);
    hit("rule", filter_.rule);
    hit("typology", filter_.typology);
    if (!plan_.merchants.empty()) {
      std::string any;
      for (const std::string& number : plan_.merchants)
        any += (any.empty() ? "d.merchant in (" : ", ") +
               placeholder(plan_.parameters, std::string_view(number));
      require(any + ")");
    }
    if (!filter_.agent.empty()) {
      if (plan_.agent_roots.empty())
        equal("d.agent", filter_.agent);
      else
        require(merchant_within(plan_.agent_roots, plan_.parameters));
    }
    if (!scope_.all() && !plan_.nothing) require(merchant_within(scope_.roots(), plan_.parameters));
    if (plan_.keep.empty()) plan_.keep = "1 = 1";
  }

  sql::Connection& connection_;
  const registry::Scope& scope_;
  const DecisionFilter& filter_;
  Plan& plan_;
};

class Search {
 public:
  Search(sql::Connection& connection, Plan& plan, const SearchBounds& bounds)
      : connection_(connection), plan_(plan), bounds_(bounds) {
    statement_ = "select " + std::string(decision_row_columns) + ", case when " + plan_.keep +
                 " then 1 else 0 end from decision d where d.sequence in (" + placeholders(1) +
                 ") order by d.sequence desc";
  }

  core::Result<DecisionPage> run() {
    std::size_t block = bounds_.limit + 1;
    while (!plan_.nothing && plan_.span.low < plan_.span.before) {
      TRY(found, plan_.driver.next(connection_, plan_.span, block));
      if (const std::size_t room = bounds_.looked_max - page_.looked; found.newest_first.size() > room) {
        found.newest_first.resize(room);
        found.last = false;
      }
      page_.looked += found.newest_first.size();
      TRY_STATUS(look(found.newest_first));
      if (page_.rows.size() > bounds_.limit) {
        page_.rows.resize(bounds_.limit);
        page_.next = page_.rows.back().sequence;
        break;
      }
      if (found.last) break;
      plan_.span.before = found.newest_first.back();
      if (page_.looked >= bounds_.looked_max) {
        page_.next = plan_.span.before;
        page_.stopped_at = last_admitted_;
        break;
      }
      block = std::min(block * 2, block_max);
    }
    TRY_STATUS(add_hits(connection_, page_.rows));
    TRY_STATUS(add_merchants(connection_, page_.rows));
    return std::move(page_);
  }

 private:
  // Stops where the page is full and one more is known.
  core::Status look(const std::vector<std::int64_t>& sequences) {
    for (std::size_t at = 0; at < sequences.size() && page_.rows.size() <= bounds_.limit; at += list_length) {
      for (std::size_t i = 0; i < list_length; ++i)
        plan_.parameters[i] = sequences[std::min(at + i, sequences.size() - 1)];
      TRY_STATUS(connection_.each(statement_, plan_.parameters, [&](const sql::Row& row) {
        last_admitted_ = row.integer(1);
        if (row.integer(decision_row_column_count) != 0) page_.rows.push_back(read_decision_row(row));
        return true;
      }));
    }
    return {};
  }

  sql::Connection& connection_;
  Plan& plan_;
  const SearchBounds& bounds_;
  std::string statement_;
  DecisionPage page_;
  core::TimeMs last_admitted_ = 0;
};

}  // namespace

std::string merchant_within(const std::vector<std::string>& roots, std::vector<Parameter>& parameters) {
  std::string any;
  for (const std::string& root : roots)
    any += (any.empty() ? "" : ", ") + placeholder(parameters, std::string_view(root));
  return "exists (select 1 from registry_merchant_number n join registry_merchant m on m.id = n.merchant"
         " join registry_agent_closure c on c.descendant = m.agent where n.number = d.merchant"
         " and c.ancestor in (" +
         any + ")" + std::string(row_by_row) + ")";
}

core::Result<std::optional<std::vector<std::string>>> numbers_within(sql::Connection& connection,
                                                                     const std::vector<std::string>& roots,
                                                                     std::size_t count_max) {
  std::vector<Parameter> parameters{static_cast<std::int64_t>(count_max + 1)};
  std::string any;
  for (const std::string& root : roots)
    any += (any.empty() ? "" : ", ") + placeholder(parameters, std::string_view(root));
  std::vector<std::string> numbers;
  TRY_STATUS(connection.each(
      "select n.number from registry_agent_closure c join registry_merchant m on m.agent = c.descendant"
      " join registry_merchant_number n on n.merchant = m.id where c.ancestor in (" +
          any + ") limit $1",
      parameters, [&](const sql::Row& row) {
        numbers.emplace_back(row.text(0));
        return true;
      }));
  if (numbers.size() > count_max) return std::nullopt;
  // An agent may be below two of the roots.
  std::ranges::sort(numbers);
  numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
  return numbers;
}

core::Result<DecisionPage> search_decisions(sql::Connection& connection, const registry::Scope& scope,
                                            const DecisionFilter& filter, const SearchBounds& bounds) {
  Plan plan;
  TRY_STATUS(Planner(connection, scope, filter, plan).make(bounds.before));
  return Search(connection, plan, bounds).run();
}

core::Result<std::int64_t> first_admitted_from(sql::Connection& connection, core::TimeMs time) {
  TRY(ends, connection.query("select coalesce((select min(sequence) from decision), 0),"
                             " coalesce((select max(sequence) from decision), 0)"));
  std::int64_t low = ends[0].integer(0), high = ends[0].integer(1) + 1;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    TRY(rows, connection.query(
                  "select sequence, admitted_at from decision where sequence >= $1 order by sequence limit 1",
                  {middle}));
    if (rows.empty() || rows[0].integer(1) >= time)
      high = middle;
    else
      low = rows[0].integer(0) + 1;
  }
  return low;
}

core::Result<std::optional<DecisionRow>> find_decision(sql::Connection& connection,
                                                       const registry::Scope& scope, std::int64_t sequence) {
  if (!scope.all() && scope.roots().empty()) return std::nullopt;
  std::vector<Parameter> parameters{sequence};
  std::string statement =
      "select " + std::string(decision_row_columns) + " from decision d where d.sequence = $1";
  if (!scope.all()) statement += " and " + merchant_within(scope.roots(), parameters);
  std::vector<DecisionRow> found;
  TRY_STATUS(connection.each(statement, parameters, [&](const sql::Row& row) {
    found.push_back(read_decision_row(row));
    return false;
  }));
  if (found.empty()) return std::nullopt;
  TRY_STATUS(add_hits(connection, found));
  TRY_STATUS(add_merchants(connection, found));
  return std::move(found.front());
}

}  // namespace tillwatch::desk
