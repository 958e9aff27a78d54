// Before anything is served: do journal, engine and database belong together, and is none of them older than
// what another has seen? Called by serve. Changes nothing.
#pragma once

#include <functional>
#include <string>

#include "core/error.h"
#include "core/strong.h"
#include "engine/act_position.h"
#include "journal/record.h"
#include "sql/database.h"

namespace tillwatch::relay {

// The side of the journal.
struct JournalSide {
  core::Sequence last;  // the newest durable record
  std::function<core::Result<journal::OwnedRecord>(core::Sequence)> read;
  engine::ActPosition acts;  // the last act that the engine has seen
};

// Errors: conflict, with a sentence that says which side is older or another, and what to restore; as of the
// connection and of reading the journal.
core::Status check_positions(sql::Connection& connection, const JournalSide& journal);

}  // namespace tillwatch::relay
