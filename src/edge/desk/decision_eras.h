// Which eras of the decisions (relay/eras.h) a span of sequences touches. Called by whatever reads along an
// index by merchant, terminal, agent, card or the caller's id, which asks one era after the other. Never
// counts rows.
#pragma once

#include <cstdint>

#include "core/error.h"
#include "relay/eras.h"
#include "sql/database.h"

namespace tillwatch::desk {

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

// No more of them than the table has. Errors: those of the database.
core::Result<EraSpan> eras_within(sql::Connection& connection, SequenceSpan span);

}  // namespace tillwatch::desk
