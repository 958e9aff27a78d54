// A change that waits for a second person, as JSON. Called by the routes of every subject whose changes need
// one.
#pragma once

#include "access/proposal.h"
#include "core/time.h"
#include "json/writer.h"

namespace tillwatch::desk {

// `whole`: with the exact change and what it was made against.
void write_proposal(json::Writer& out, const access::Proposal& one, bool whole, core::TimeMs now);

}  // namespace tillwatch::desk
