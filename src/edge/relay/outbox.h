// The outbox as the relay reads it: acts that the journal does not have yet, in the order of their numbers.
// Called on the service thread. Never writes `sequence`: that is the projector's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/strong.h"
#include "pipeline/act.h"
#include "ports/random.h"
#include "sql/database.h"

namespace tillwatch::relay {

// The name of this database, made where it has none yet. Errors: as of the connection.
core::Result<std::string> database_epoch(sql::Connection& connection, ports::Random& random);

// The number of the newest act; 0 where there is none.
core::Result<std::int64_t> last_act(sql::Connection& connection);

// Up to `count` acts with numbers above `after`. Errors: as of the connection; corrupt (a number is missing).
core::Result<std::vector<pipeline::ActSubmission>> acts_after(sql::Connection& connection,
                                                              const std::string& epoch, std::int64_t after,
                                                              std::size_t count);

// Where the journal has the act, and why its entry was not made; nullopt as long as it is only requested.
struct Effect {
  core::Sequence sequence;
  std::string refusal;  // "" where it was obeyed
};
core::Result<std::optional<Effect>> effect_of(sql::Connection& connection, std::int64_t number);

}  // namespace tillwatch::relay
