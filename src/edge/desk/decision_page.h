// A decision's own page as JSON: what the record says, in the words of the policy that decided, the event as
// it was kept, and what was told about it later. Called by the decisions room for rows that the caller may
// see. Never shows a card's keyed reference.
#pragma once

#include <string>

#include "core/error.h"
#include "desk/decision_records.h"
#include "desk/decision_row.h"
#include "sql/database.h"

namespace tillwatch::desk {

// Errors: those of the database; of the journal: not_found, corrupt, io.
core::Result<std::string> decision_page(sql::Connection& connection, DecisionRecords& records,
                                        const DecisionRow& row);

}  // namespace tillwatch::desk
