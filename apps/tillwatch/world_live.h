// `tillwatch simulate WORLD.yaml --live URL`: tells a world to a running server at a rate and says what it
// answered. Called by world_run.cpp. Speaks nothing but the published interface.
#pragma once

#include "core/error.h"
#include "live_run.h"
#include "telling/teller.h"

namespace tillwatch {

// The days of the cut, moved so that the last one is yesterday. A summary as JSON goes to standard output.
// Errors: io, unavailable, invalid.
core::Status tell_live(const world::World& world, const telling::Cut& cut, int threads,
                       const LiveOptions& options);

}  // namespace tillwatch
