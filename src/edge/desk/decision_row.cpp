#include "desk/decision_row.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "desk/nullable.h"
#include "engine/decision.h"

namespace tillwatch::desk {
namespace {

std::optional<std::int64_t> integer_if(const sql::Row& row, std::size_t column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

template <class Enumerator>
std::string_view word_of(std::int64_t number, Enumerator last) {
  const std::int64_t known = std::clamp<std::int64_t>(number, 0, static_cast<std::int64_t>(last));
  return engine::name_of(static_cast<Enumerator>(known));
}

std::string_view cause_word(std::int64_t number) {
  return number == 0 ? "matched" : number == 1 ? "unknown" : "error";
}

void write_outcome(json::Writer& out, std::string_view name, const DecisionRow::Outcome& outcome) {
  out.key(name).begin_object().member("authorisation", authorisation_word(outcome.authorisation));
  out.member("settlement", settlement_word(outcome.settlement));
  out.member("subject", subject_word(outcome.subject)).end_object();
}

void write_money(json::Writer& out, const DecisionRow& row) {
  out.key("amount");
  if (row.amount)
    out.begin_object().member("minor", *row.amount).member("currency", row.currency).end_object();
  else
    out.null();
  out.key("amount_base_minor");
  if (row.amount_base)
    out.value(*row.amount_base);
  else
    out.null();
}

// Calls `run` with the values by portions, each filled up to list_length.
template <class Values, class Run>
core::Status by_portions(const Values& values, Run run) {
  for (std::size_t at = 0; at < values.size(); at += list_length) {
    std::vector<sql::Parameter> portion;
    for (std::size_t i = 0; i < list_length; ++i)
      portion.emplace_back(values[std::min(at + i, values.size() - 1)]);
    TRY_STATUS(run(portion));
  }
  return {};
}

}  // namespace

std::string placeholders(std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < first + list_length; ++i)
    text += (text.empty() ? "$" : ", $") + std::to_string(i);
  return text;
}

std::string_view authorisation_word(std::int64_t number) {
  return word_of(number, engine::Authorisation::decline);
}
std::string_view settlement_word(std::int64_t number) {
  return word_of(number, engine::Settlement::hold);
}
std::string_view subject_word(std::int64_t number) {
  return word_of(number, engine::Subject::suspend);
}

DecisionRow read_decision_row(const sql::Row& row) {
  DecisionRow one;
  one.sequence = row.integer(0);
  one.admitted_at = row.integer(1);
  one.event_time = row.integer(2);
  one.kind = row.text(3);
  one.client = row.text(4);
  one.request_id = row.text(5);
  one.merchant = row.text(6);
  one.terminal = row.text(7);
  one.agent = row.text(8);
  one.channel = row.text(9);
  one.card = row.integer(10);
  one.card_masked = row.text(11);
  one.amount = integer_if(row, 12);
  one.currency = row.text(13);
  one.amount_base = integer_if(row, 14);
  one.tx_type = row.text(15);
  one.tx_response = row.text(16);
  one.original_id = row.text(17);
  one.effective = {row.integer(18), row.integer(19), row.integer(20)};
  one.asked = {row.integer(21), row.integer(22), row.integer(23)};
  one.severity = row.integer(24);
  one.score_ppm = row.integer(25);
  one.fired = row.integer(26) != 0;
  return one;
}

core::Status add_hits(sql::Connection& connection, std::vector<DecisionRow>& rows) {
  static const std::string statement =
      "select sequence, rule, typology, reason, severity, shadow, cause from decision_hit where sequence in "
      "(" +
      placeholders(1) + ") order by sequence, shadow, severity desc, rule";
  std::unordered_map<std::int64_t, DecisionRow*> by_sequence;
  std::vector<std::int64_t> sequences;
  for (DecisionRow& row : rows) {
    by_sequence[row.sequence] = &row;
    sequences.push_back(row.sequence);
  }
  return by_portions(sequences, [&](const std::vector<sql::Parameter>& portion) {
    return connection.each(statement, portion, [&](const sql::Row& row) {
      by_sequence.at(row.integer(0))
          ->hits.push_back({std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)),
                            row.integer(4), row.integer(5) != 0, row.integer(6)});
      return true;
    });
  });
}

core::Status add_merchants(sql::Connection& connection, std::vector<DecisionRow>& rows) {
  static const std::string statement =
      "select n.number, m.id, m.name from registry_merchant_number n join registry_merchant m"
      " on m.id = n.merchant where n.number in (" +
      placeholders(1) + ")";
  std::map<std::string_view, std::pair<std::string, std::string>> found;
  for (const DecisionRow& row : rows)
    if (!row.merchant.empty()) found[row.merchant];
  std::vector<std::string_view> numbers;
  for (const auto& [number, merchant] : found) numbers.push_back(number);
  TRY_STATUS(by_portions(numbers, [&](const std::vector<sql::Parameter>& portion) {
    return connection.each(statement, portion, [&](const sql::Row& row) {
      found.at(row.text(0)) = {std::string(row.text(1)), std::string(row.text(2))};
      return true;
    });
  }));
  for (DecisionRow& row : rows) {
    if (row.merchant.empty()) continue;
    const auto& [id, name] = found.at(row.merchant);
    row.merchant_id = id;
    row.merchant_name = name;
  }
  return {};
}

void write_decision_row(json::Writer& out, const DecisionRow& row) {
  const core::Sequence sequence(static_cast<std::uint64_t>(row.sequence));
  out.begin_object().member("id", engine::decision_id(sequence)).member("sequence", row.sequence);
  out.member("kind", row.kind).member("time", core::format_time(row.event_time));
  out.member("admitted_at", core::format_time(row.admitted_at));
  text_or_null(out, "client", row.client);
  text_or_null(out, "request_id", row.request_id);
  text_or_null(out, "merchant", row.merchant);
  text_or_null(out, "merchant_id", row.merchant_id);
  text_or_null(out, "merchant_name", row.merchant_name);
  text_or_null(out, "terminal", row.terminal);
  text_or_null(out, "agent", row.agent);
  text_or_null(out, "channel", row.channel);
  out.key("card").begin_object().key("id");
  if (row.card == 0)
    out.null();
  else
    out.value(row.card);
  text_or_null(out, "masked", row.card_masked);
  out.end_object();
  write_money(out, row);
  text_or_null(out, "tx_type", row.tx_type);
  text_or_null(out, "tx_response", row.tx_response);
  text_or_null(out, "original_id", row.original_id);
  write_outcome(out, "outcome", row.asked);
  write_outcome(out, "effective", row.effective);
  out.member("severity", row.severity).member("score", static_cast<double>(row.score_ppm) / 1e6);
  out.member("fired", row.fired).key("hits").begin_array();
  for (const DecisionHit& hit : row.hits) {
    out.begin_object().member("rule", hit.rule).member("typology", hit.typology);
    out.member("category", hit.reason).member("severity", hit.severity).member("shadow", hit.shadow);
    out.member("cause", cause_word(hit.cause)).end_object();
  }
  out.end_array().end_object();
}

}  // namespace tillwatch::desk
