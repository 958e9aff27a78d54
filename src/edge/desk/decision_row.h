// One decision as lists show it: a row of the projection with the rules that hit, and the merchant that the
// registry knows behind the number. Called by the decisions room, its export and the live stream. Never reads
// the journal; never decides who sees a row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "json/writer.h"
#include "sql/database.h"

namespace tillwatch::desk {

// A rule that matched, in shadow too. Numbers as in contracts/sql/0007-decisions.sql.
struct DecisionHit {
  std::string rule, typology, reason;
  std::int64_t severity = 0;
  bool shadow = false;
  std::int64_t cause = 0;
};

// "" and nullopt where the entry has no such attribute.
struct DecisionRow {
  struct Outcome {
    std::int64_t authorisation = 0, settlement = 0, subject = 0;
  };
  std::int64_t sequence = 0;
  core::TimeMs admitted_at = 0, event_time = 0;
  std::string kind, client, request_id, merchant, terminal, agent, channel;
  std::int64_t card = 0;  // the engine's number; 0: none
  std::string card_masked;
  std::optional<std::int64_t> amount, amount_base;
  std::string currency, tx_type, tx_response, original_id;
  Outcome effective, asked;
  std::int64_t severity = 0, score_ppm = 0;
  bool fired = false;
  std::vector<DecisionHit> hits;           // the gravest first
  std::string merchant_id, merchant_name;  // of the registry; "" where it does not know the number
};

// What read_decision_row() wants, of a table named `d`.
inline constexpr std::string_view decision_row_columns =
    "d.sequence, d.admitted_at, d.event_time, d.kind, d.client, d.request_id, d.merchant, d.terminal, "
    "d.agent,"
    " d.channel, d.card, d.card_masked, d.amount, d.currency, d.amount_base, d.tx_type, d.tx_response,"
    " d.original_id, d.authorisation, d.settlement, d.subject, d.asked_authorisation, d.asked_settlement,"
    " d.asked_subject, d.severity, d.score_ppm, d.fired";
inline constexpr std::size_t decision_row_column_count = 27;
DecisionRow read_decision_row(const sql::Row& row);

// Completes rows: hits, and the registry's merchants. Errors: those of the database.
core::Status add_hits(sql::Connection& connection, std::vector<DecisionRow>& rows);
core::Status add_merchants(sql::Connection& connection, std::vector<DecisionRow>& rows);

// "allow", "hold", "watch", ... of the numbers.
std::string_view authorisation_word(std::int64_t number);
std::string_view settlement_word(std::int64_t number);
std::string_view subject_word(std::int64_t number);

// One item of the list (contracts/openapi.yaml: DecisionItem).
void write_decision_row(json::Writer& out, const DecisionRow& row);

// Statements with a list of values take it in one length, so that each is prepared once: the list is filled
// up with the last value. `first`: the number of its first placeholder.
inline constexpr std::size_t list_length = 50;
std::string placeholders(std::size_t first);

}  // namespace tillwatch::desk
