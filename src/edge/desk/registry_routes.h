// The registry over HTTP: for each entity a list, one, new, change and history; the search, what is
// unregistered, personal values in clear with a reason, where a terminal stood, and activity for charts.
// Called by all_routes(). Never decides who may what: rights stand in the table, the part of the registry
// comes from Territory, and what lies outside it is not found.
#pragma once

#include <string>

#include "desk/route.h"
#include "desk/territory.h"
#include "registry/registry.h"

namespace tillwatch::desk {

// All outlive the routes.
struct RegistryParts {
  const registry::Registry* registry = nullptr;
  Territory* territory = nullptr;
  std::string currency = "CNY";           // the policy's base currency
  std::int64_t utc_offset_minutes = 480;  // where a day begins, for charts
};

void add_registry_routes(Routes& routes, const RegistryParts& parts);

}  // namespace tillwatch::desk
