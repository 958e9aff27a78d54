#include "desk/decision_routes.h"

#include <algorithm>

#include "desk/cursor.h"
#include "desk/decision_page.h"
#include "engine/decision.h"
#include "relay/eras.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view right_read = "decisions.read";
constexpr std::string_view list_name = "decisions";
constexpr std::size_t around_default = 20;
constexpr std::size_t around_max = 100;
constexpr std::size_t around_looked_max = 1'000;
constexpr std::size_t card_digits_max = 11;  // an engine's number is short; longer is somebody's card number

std::optional<std::int64_t> number_of(const std::optional<std::string>& word, Words words) {
  if (!word) return std::nullopt;
  return std::ranges::find(words, *word) - words.begin();
}

// The engine's number of a card, or its masked number as lists show it. A whole card number is refused,
// without being repeated: it does not belong into a URL.
void read_card(Query& query, DecisionFilter& filter) {
  const std::optional<std::string> card = query.text("card", 64);
  if (!card) return;
  if (!std::ranges::all_of(*card, [](char c) { return c >= '0' && c <= '9'; })) {
    filter.card_masked = *card;
  } else if (card->size() <= card_digits_max) {
    filter.card = query.integer("card", 0, INT64_MAX);
  } else {
    query.fault("card", "expected the number that a list shows for a card, or its masked number");
  }
}

std::string list_json(const DecisionPage& page) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("items").begin_array();
  for (const DecisionRow& row : page.rows) write_decision_row(out, row);
  out.end_array();
  write_next(out, page.next == 0 ? std::nullopt : std::optional(write_cursor(list_name, {page.next})));
  out.key("stopped_at");
  if (page.stopped_at == 0)
    out.null();
  else
    out.value(core::format_time(page.stopped_at));
  out.end_object();
  return text;
}

core::Result<Answer> list_decisions(Call& call, const DecisionParts& parts) {
  Query query(call);
  const Page page = Page::of(call, query, list_name, "i");
  const DecisionFilter filter = read_decision_filter(query);
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_read));
  TRY(found, search_decisions(call.connection, scope, filter,
                              {.before = page.after ? page.integer(0) : INT64_MAX, .limit = page.limit}));
  return json_answer(list_json(found));
}

// The row that the path names, where the caller may see it.
core::Result<std::optional<DecisionRow>> named_row(Call& call, const registry::Scope& scope) {
  const core::Sequence sequence = engine::parse_decision_id(call.variable(0));
  if (sequence.value == 0 || sequence.value > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return find_decision(call.connection, scope, static_cast<std::int64_t>(sequence.value));
}

http::Response no_such_decision() {
  return refuse(Problem::not_found, "there is no decision with this id, or it is not listed any more");
}

core::Result<Answer> get_decision(Call& call, const DecisionParts& parts) {
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_read));
  TRY(row, named_row(call, scope));
  if (!row) return no_such_decision();
  TRY(text, decision_page(call.connection, *parts.records, *row));
  return json_answer(std::move(text));
}

// One side of a history: the rows before or after the decision in question, the oldest first.
struct Side {
  std::vector<DecisionRow> rows;
  bool more = false;
};

core::Result<Side> side_of(Call& call, const registry::Scope& scope, std::string_view column,
                           const sql::Parameter& value, std::int64_t sequence, bool before,
                           std::size_t limit) {
  constexpr std::size_t era_at = 2, count_at = 3;
  std::vector<sql::Parameter> parameters{value, sequence, std::int64_t{0}, std::int64_t{0}};
  const std::string keep = scope.all() ? std::string("1 = 1") : merchant_within(scope.roots(), parameters);
  std::string statement = "select " + std::string(decision_row_columns) + ", case when " + keep +
                          " then 1 else 0 end from decision d where d." + std::string(column) + " = $1 and " +
                          std::string(relay::era_expression) + " = $3 and d.";
  statement += before ? "sequence < $2 order by d.sequence desc limit $4"
                      : "sequence > $2 order by d.sequence limit $4";
  TRY(eras, relay::eras_within(call.connection, before ? relay::SequenceSpan{0, sequence}
                                                       : relay::SequenceSpan{sequence + 1}));
  Side side;
  std::size_t looked = 0;
  const std::int64_t step = before ? -1 : 1;
  std::int64_t era = before ? eras.newest : eras.oldest;
  for (; era >= eras.oldest && era <= eras.newest && !side.more && looked < around_looked_max; era += step) {
    parameters[era_at] = era;
    parameters[count_at] = static_cast<std::int64_t>(around_looked_max - looked);
    TRY_STATUS(call.connection.each(statement, parameters, [&](const sql::Row& row) {
      ++looked;
      if (row.integer(decision_row_column_count) != 0) side.rows.push_back(read_decision_row(row));
      side.more = side.rows.size() > limit;
      return !side.more;
    }));
  }
  side.more = side.more || looked >= around_looked_max;
  if (side.rows.size() > limit) side.rows.resize(limit);
  if (before) std::ranges::reverse(side.rows);
  TRY_STATUS(add_hits(call.connection, side.rows));
  TRY_STATUS(add_merchants(call.connection, side.rows));
  return side;
}

struct HistoryOf {
  std::string_view name;
  std::string_view column;
  sql::Parameter value;  // NULL: the decision has none
};

core::Status write_history(json::Writer& out, Call& call, const registry::Scope& scope, const HistoryOf& of,
                           std::int64_t sequence, std::size_t limit) {
  out.key(of.name);
  if (std::holds_alternative<std::monostate>(of.value)) {
    out.null();
    return {};
  }
  TRY(before, side_of(call, scope, of.column, of.value, sequence, true, limit));
  TRY(after, side_of(call, scope, of.column, of.value, sequence, false, limit));
  out.begin_object().member("more_before", before.more).member("more_after", after.more);
  out.key("before").begin_array();
  for (const DecisionRow& row : before.rows) write_decision_row(out, row);
  out.end_array().key("after").begin_array();
  for (const DecisionRow& row : after.rows) write_decision_row(out, row);
  out.end_array().end_object();
  return {};
}

core::Result<Answer> get_around(Call& call, const DecisionParts& parts) {
  Query query(call);
  const auto limit = static_cast<std::size_t>(
      query.integer("limit", 1, around_max).value_or(static_cast<std::int64_t>(around_default)));
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(scope, parts.territory->scope_of(call.connection, call.now, call.caller, right_read));
  TRY(row, named_row(call, scope));
  if (!row) return no_such_decision();
  const auto text = [](const std::string& value) {
    return value.empty() ? sql::Parameter() : sql::Parameter(std::string_view(value));
  };
  std::string json;
  json::Writer out(json);
  out.begin_object().key("item");
  write_decision_row(out, *row);
  for (const HistoryOf& of :
       {HistoryOf{"card", "card", row->card == 0 ? sql::Parameter() : sql::Parameter(row->card)},
        HistoryOf{"merchant", "merchant", text(row->merchant)},
        HistoryOf{"terminal", "terminal", text(row->terminal)}})
    TRY_STATUS(write_history(out, call, scope, of, row->sequence, limit));
  out.end_object();
  return json_answer(std::move(json));
}

}  // namespace

std::vector<std::string_view> decision_filter_names() {
  return {"from",          "to",         "event_from", "event_to", "merchant",   "terminal",
          "agent",         "card",       "rule",       "typology", "request_id", "kind",
          "authorisation", "settlement", "subject",    "fired",    "min_amount", "max_amount"};
}

DecisionFilter read_decision_filter(Query& query) {
  DecisionFilter filter;
  filter.from = query.time("from");
  filter.to = query.time("to");
  filter.event_from = query.time("event_from");
  filter.event_to = query.time("event_to");
  filter.merchant = query.text("merchant").value_or("");
  filter.terminal = query.text("terminal").value_or("");
  filter.agent = query.text("agent").value_or("");
  read_card(query, filter);
  filter.rule = query.text("rule").value_or("");
  filter.typology = query.text("typology").value_or("");
  filter.request_id = query.text("request_id").value_or("");
  filter.kind = query.text("kind", 64).value_or("");
  const Words authorisations = {"allow", "challenge", "decline"};
  const Words settlements = {"release", "hold"};
  const Words subjects = {"none", "watch", "restrict", "suspend"};
  filter.authorisation = number_of(query.word("authorisation", authorisations), authorisations);
  filter.settlement = number_of(query.word("settlement", settlements), settlements);
  filter.subject = number_of(query.word("subject", subjects), subjects);
  filter.fired = query.boolean("fired");
  filter.min_amount = query.integer("min_amount", INT64_MIN, INT64_MAX);
  filter.max_amount = query.integer("max_amount", INT64_MIN, INT64_MAX);
  return filter;
}

void add_decision_routes(Routes& routes, const DecisionParts& parts) {
  const auto bound = [&parts](auto function) {
    return [parts, function](Call& call) { return function(call, parts); };
  };
  std::vector<std::string_view> names = decision_filter_names();
  names.insert(names.end(), {"limit", "cursor"});
  routes.add({.name = "listDecisionItems",
              .path = "/desk/decisions",
              .right = right_read,
              .query = std::move(names)},
             bound(list_decisions));
  routes.add({.name = "getDecisionPage",
              .path = "/desk/decisions/{id}",
              .right = right_read,
              .query = {},
              .statuses = {200, 404}},
             bound(get_decision));
  routes.add({.name = "getAroundDecision",
              .path = "/desk/decisions/{id}/around",
              .right = right_read,
              .query = {"limit"},
              .statuses = {200, 404}},
             bound(get_around));
}

}  // namespace tillwatch::desk
