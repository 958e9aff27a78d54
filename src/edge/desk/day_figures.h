// The sums of a day over what a caller may see, from the hours that the projector keeps: all of them, or
// those of the agents that he sees. Called by home. Never looks at a decision.
#pragma once

#include "core/error.h"
#include "core/time.h"
#include "registry/agent_sums.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::desk {

// Of transactions admitted in the hours from `from` to before `to`, within three days before now. Of
// merchants as they are registered now.
core::Result<registry::SumsByCurrency> figures_of(sql::Connection& connection, const registry::Scope& scope,
                                                  core::TimeMs from, core::TimeMs to);

}  // namespace tillwatch::desk
