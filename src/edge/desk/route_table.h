// All routes of the desk, put together from its subjects. Called by the wiring of `tillwatch serve` and by
// the test that holds the table against contracts/openapi.yaml. Never answers anything by itself.
#pragma once

#include "desk/alert_routes.h"
#include "desk/decision_routes.h"
#include "desk/home_routes.h"
#include "desk/notify_routes.h"
#include "desk/policy_routes.h"
#include "desk/registry_routes.h"
#include "desk/route.h"
#include "desk/session_routes.h"

namespace tillwatch::desk {

// What the subjects' functions work with. All must outlive the routes.
struct RouteParts {
  RegistryParts registry;
  AlertParts alerts;
  AccessParts access;
  DecisionParts decisions;
  HomeParts home;
  NotifyParts notify;
  PolicyParts policy;
};

// Each subject adds its rows: void add_alert_routes(Routes& routes, ...), in alert_routes.{h,cpp}.
Routes all_routes(const RouteParts& parts);

}  // namespace tillwatch::desk
