// The eras of the projection: stretches of sequences, each with a part of its own in the indexes of
// `decision` by merchant, terminal, agent, card and the caller's id (contracts/sql/0013-decision-eras.sql),
// so that what the projector writes at random stays small whatever the table holds. Called by whoever reads
// along such an index: it asks era by era. Never part of a row: an era is computed of the sequence.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "sql/database.h"

namespace tillwatch::relay {

inline constexpr int era_bits = 16;
// As the indexes have it, to the letter: a database does not find an index of another expression.
inline constexpr std::string_view era_expression = "(sequence >> 16)";

constexpr std::int64_t era_of(std::int64_t sequence) {
  return sequence >> era_bits;
}

// Sequences from `low` to below `before`.
struct SequenceSpan {
  std::int64_t low = 0;
  std::int64_t before = INT64_MAX;
};

// Both ends belong to it; empty where `newest` is below `oldest`.
struct EraSpan {
  std::int64_t oldest = 0;
  std::int64_t newest = -1;
};

// The eras that a span touches, no more of them than the table has. Errors: those of the database.
core::Result<EraSpan> eras_within(sql::Connection& connection, SequenceSpan span);

}  // namespace tillwatch::relay
