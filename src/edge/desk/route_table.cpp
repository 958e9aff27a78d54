#include "desk/route_table.h"

#include "desk/account_routes.h"
#include "desk/api_key_routes.h"
#include "desk/list_routes.h"

namespace tillwatch::desk {

Routes all_routes(const RouteParts& parts) {
  Routes routes;
  add_session_routes(routes, parts.access);
  add_own_account_routes(routes, parts.access);
  add_password_routes(routes, parts.access);
  add_account_routes(routes, parts.access);
  add_colleague_routes(routes, parts.access);
  add_api_key_routes(routes, parts.access);
  add_proposal_routes(routes, parts.access);
  add_review_routes(routes, parts.access);
  add_registry_routes(routes, parts.registry);
  add_alert_routes(routes, parts.alerts);
  add_list_routes(routes, parts.access, parts.decisions);
  add_decision_routes(routes, parts.decisions);
  add_notify_routes(routes, parts.notify);
  add_decision_stream(routes, parts.decisions);
  add_decision_export(routes, parts.decisions);
  add_policy_routes(routes, parts.policy);
  add_draft_routes(routes, parts.policy);
  add_home_routes(routes, parts.home);
  add_audit_routes(routes);
  return routes;
}

}  // namespace tillwatch::desk
