// The alert inbox over HTTP: the list, one alert with its decisions and what people did, and the steps of
// handling it. Called by all_routes(). Never decides who may what, never shows an alert of agents outside the
// caller's territory.
#pragma once

#include <string>

#include "desk/route.h"
#include "desk/territory.h"
#include "findings/alert.h"

namespace tillwatch::desk {

// `territory` outlives the routes.
struct AlertParts {
  Territory* territory = nullptr;
  findings::Grouping grouping;
  std::string currency = "CNY";  // of amounts at stake: the policy's base currency
};

void add_alert_routes(Routes& routes, const AlertParts& parts);

}  // namespace tillwatch::desk
