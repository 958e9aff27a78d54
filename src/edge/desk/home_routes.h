// What a person sees first, what people did, and how the program stands: home, audit, health. Called by
// all_routes(). Each part of home is there for whoever may read what it counts, and counts his part only.
#pragma once

#include <cstdint>

#include "desk/route.h"
#include "desk/system_state.h"
#include "desk/territory.h"

namespace tillwatch::desk {

// All outlive the routes.
struct HomeParts {
  Territory* territory = nullptr;
  System* system = nullptr;
  std::int64_t utc_offset_minutes = 480;  // where a day begins
};

void add_home_routes(Routes& routes, const HomeParts& parts);
void add_audit_routes(Routes& routes);  // audit_routes.cpp

}  // namespace tillwatch::desk
