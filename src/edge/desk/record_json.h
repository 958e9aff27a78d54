// Entities of the registry as JSON, out and in, along the tables of fields: money as {minor, currency}, times
// as RFC 3339, truth as true and false, personal values masked. Called by the registry's routes.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "desk/fields.h"
#include "json/writer.h"
#include "registry/history.h"
#include "registry/record.h"
#include "registry/registry.h"
#include "sql/database.h"

namespace tillwatch::desk {

// `currency`: of all money in the registry, the policy's base currency.
struct RecordForm {
  const registry::Registry& registry;
  std::string_view currency;
};

// One object. Agents, merchants and parents that it refers to are named beside their ids.
core::Status write_record(json::Writer& out, sql::Connection& connection, const RecordForm& form,
                          const registry::Record& record);

// What a body asks for: the fields of the entity, `numbers` of a merchant, `reason`. Faults stay in the body.
registry::Wish read_wish(Body& body, const registry::Shape& shape, std::string_view currency);

// One line of a history: values as they stand in the fields.
void write_history_row(json::Writer& out, const registry::Shape& shape, std::string_view currency,
                       const registry::HistoryRow& row);

}  // namespace tillwatch::desk
