// Asks for many ids with one statement: `... where number in ($1, ..., $50)`, as often as it takes. Always
// the same text, so that it is prepared once. Called by what learns from traffic (seen.h, agent_sums.h);
// never for what people type.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "core/error.h"
#include "sql/database.h"

namespace tillwatch::registry {

// `head` ends before `in`. `take` gets every row that is found, once for each id that the statement names;
// rows come in no order. Errors: those of Connection::each.
core::Status each_in(sql::Connection& connection, std::string_view head,
                     std::span<const std::string_view> ids, const std::function<void(const sql::Row&)>& take);

}  // namespace tillwatch::registry
