// The decisions room over HTTP: the list with its filters, a decision's page, what card and merchant did
// around it, and the export. Called by all_routes(). Never decides who may what, never shows a decision on
// merchants outside the caller's territory.
#pragma once

#include <string>

#include "desk/decision_records.h"
#include "desk/decision_search.h"
#include "desk/fields.h"
#include "desk/route.h"
#include "desk/territory.h"

namespace tillwatch::desk {

// Both outlive the routes.
struct DecisionParts {
  Territory* territory = nullptr;
  DecisionRecords* records = nullptr;
};

void add_decision_routes(Routes& routes, const DecisionParts& parts);
// GET /desk/decisions/export, in decision_export.cpp.
void add_decision_export(Routes& routes, const DecisionParts& parts);
// GET /desk/stream, in decision_stream.cpp.
void add_decision_stream(Routes& routes, const DecisionParts& parts);

// The filters of list and export: names and reading.
std::vector<std::string_view> decision_filter_names();
DecisionFilter read_decision_filter(Query& query);

}  // namespace tillwatch::desk
