// The policy's lists over HTTP: what each means, its items with owner, reason and end, their history, and the
// steps of one person or two. Called by all_routes(). Never takes a card number, never shows a card's keyed
// reference.
#pragma once

#include "desk/decision_routes.h"
#include "desk/route.h"
#include "desk/session_routes.h"

namespace tillwatch::desk {

// Of `decisions` the records: a card is put on a list by a decision on it.
void add_list_routes(Routes& routes, const AccessParts& access, const DecisionParts& decisions);

}  // namespace tillwatch::desk
