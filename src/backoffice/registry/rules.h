// What must hold of an entity as a whole: what it refers to is there and in sight, and its fields agree with
// each other. Called by the registry before anything is written. Never writes.
#pragma once

#include <vector>

#include "core/error.h"
#include "registry/record.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::registry {

inline constexpr std::size_t numbers_max = 32;  // of one merchant

// `before`: as it stood; nullptr for a new one. Only what changed is looked up. Errors: invalid (`where` is
// "/FIELD"), conflict (a number or a logical number is another's).
core::Status check_references(sql::Connection& connection, const Scope& scope, const Record& record,
                              const Record* before);
core::Status check_whole(sql::Connection& connection, const Record& record, const Record* before);

}  // namespace tillwatch::registry
