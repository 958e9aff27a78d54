#include "desk/route_table.h"

namespace tillwatch::desk {

Routes all_routes(const RouteParts& parts) {
  Routes routes;
  add_registry_routes(routes, parts.registry);
  add_alert_routes(routes, parts.alerts);
  return routes;
}

}  // namespace tillwatch::desk
