// Finds decisions, the newest first: one index drives, all other conditions are asked row by row, and no
// question looks at more than a set number of rows. Called by the decisions room, its export and home. What a
// caller may not see is never among the rows; where the bound ends a search, it says so and where to go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "desk/decision_row.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::desk {

// Empty members do not narrow. Outcomes are what the policy asks for.
struct DecisionFilter {
  std::optional<core::TimeMs> from, to;              // of admission; `to` not included
  std::optional<core::TimeMs> event_from, event_to;  // of the event
  std::string merchant;                              // a number of traffic, or an id of the registry
  std::string terminal;
  std::string agent;  // id or code of the registry: its subtree; or a code that only traffic knows
  std::string card_masked;
  std::optional<std::int64_t> card;
  std::string rule, typology, request_id, kind;
  std::optional<std::int64_t> authorisation, settlement, subject;
  std::optional<bool> fired;
  std::optional<std::int64_t> min_amount, max_amount;  // minor units of the base currency
};

struct DecisionPage {
  std::vector<DecisionRow> rows;
  std::int64_t next = 0;  // go on before this sequence; 0: there is nothing more
  // Where the bound ended the search before the page was full: how far it got. 0: it did not.
  core::TimeMs stopped_at = 0;
  std::size_t looked = 0;  // rows
};

struct SearchBounds {
  std::int64_t before = INT64_MAX;  // sequences below this only
  std::size_t limit = 50;
  std::size_t looked_max = 10'000;  // rows looked at
};
// Errors: those of the database.
core::Result<DecisionPage> search_decisions(sql::Connection& connection, const registry::Scope& scope,
                                            const DecisionFilter& filter, const SearchBounds& bounds);

// Where along the sequence `time` lies: decisions from there on were admitted at it or later, all before it
// earlier. Found by halving, for times of admission do not go back along the sequence.
core::Result<std::int64_t> first_admitted_from(sql::Connection& connection, core::TimeMs time);

// SQL that is true for rows of decisions `d` on merchants in the subtree of `roots`; appends its parameters.
// What no registered merchant of theirs did is nobody's, and not in it.
std::string merchant_within(const std::vector<std::string>& roots, std::vector<sql::Parameter>& parameters);

// The numbers of all merchants in the subtree of `roots`; nullopt where there are more than `count_max`.
core::Result<std::optional<std::vector<std::string>>> numbers_within(sql::Connection& connection,
                                                                     const std::vector<std::string>& roots,
                                                                     std::size_t count_max);

// One of them; nullopt where it is not there, or not within the scope.
core::Result<std::optional<DecisionRow>> find_decision(sql::Connection& connection,
                                                       const registry::Scope& scope, std::int64_t sequence);

}  // namespace tillwatch::desk
