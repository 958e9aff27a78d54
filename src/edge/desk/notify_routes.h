// Webhooks and mail over HTTP: where messages go, with which secrets, and what became of them. Called by
// all_routes(). A secret is answered once, when it is made; a password never.
#pragma once

#include "desk/route.h"
#include "notify/webhook.h"

namespace tillwatch::desk {

// Outlives the routes.
struct NotifyParts {
  const notify::Parts* notify = nullptr;
};

void add_notify_routes(Routes& routes, const NotifyParts& parts);

}  // namespace tillwatch::desk
