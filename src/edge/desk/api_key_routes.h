// API keys over HTTP: who has one, a new one (shown this once), and its end. Called by all_routes(). Never
// shows a key again; keys made on the command line are not listed here.
#pragma once

#include "desk/session_routes.h"

namespace tillwatch::desk {

void add_api_key_routes(Routes& routes, const AccessParts& parts);

}  // namespace tillwatch::desk
