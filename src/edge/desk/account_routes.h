// Accounts of others over HTTP: list, one, new, change, one-time links, the roles there are; the names of
// colleagues; and the changes that wait for a second person. Called by all_routes(). Rights stand in the
// table; what nobody may do to himself, access refuses.
#pragma once

#include "desk/route.h"
#include "desk/session_routes.h"

namespace tillwatch::desk {

void add_account_routes(Routes& routes, const AccessParts& parts);
void add_colleague_routes(Routes& routes, const AccessParts& parts);
void add_proposal_routes(Routes& routes, const AccessParts& parts);
void add_review_routes(Routes& routes, const AccessParts& parts);

}  // namespace tillwatch::desk
