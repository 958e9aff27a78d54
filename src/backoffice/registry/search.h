// The search over all entities: names from any of their characters on, codes, numbers, serials and their last
// six, and personal values by keyed tags, whole or by their last four. Called by the registry when an entity
// changes and by the search route. Never returns what lies outside the caller's scope.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "registry/personal.h"
#include "registry/record.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::registry {

// Writes keys and tags of an entity anew. `record` holds its personal values clear.
core::Status index(sql::Connection& connection, const Vault& vault, const Record& record);

struct Found {
  Entity entity = Entity::merchant;
  std::string id;
  std::string form;  // what fitted: name, number, code, serial, last_six, tid, phone, identity_number, ...
};

// Best first: whole keys before beginnings. Each entity once, at most `count`. `personal`: the caller may
// search for whole personal values and last fours.
core::Result<std::vector<Found>> search(sql::Connection& connection, const Vault& vault, const Scope& scope,
                                        std::string_view text, bool personal, std::size_t count);

}  // namespace tillwatch::registry
