// An entry's bytes as a builder again: what the pipeline and the admission take. Called by Replay and by the
// import.
#pragma once

#include "core/error.h"
#include "payment/entry.h"

namespace tillwatch::replay {

// Replaces `out`. Errors: those of set_extra, which cannot happen for a view that was decoded.
core::Status rebuild(const payment::EntryView& entry, payment::EntryBuilder& out);

}  // namespace tillwatch::replay
