// One entity as it stands in the store, and how it is read and written: SQL made from the tables of fields,
// values always bound. Called by the registry's own parts. Never checks rights beyond the scope it is handed,
// never writes history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "registry/entity.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::registry {

struct Record {
  Entity entity = Entity::agent;
  std::string id;
  std::int64_t version = 1;
  std::int64_t act = 0;  // the last act about it
  core::TimeMs created_at = 0;
  core::TimeMs updated_at = 0;
  bool effective = false;              // the engine has that act; only set by find() and list()
  std::vector<FieldValue> values;      // by the shape's fields; personal ones sealed
  std::vector<ChannelNumber> numbers;  // of a merchant

  const Shape& shape() const { return shape_of(entity); }
  const FieldValue& value(std::string_view field) const { return values[shape().at(field)]; }
  std::string_view text(std::string_view field) const { return text_of(value(field)); }
  // The agent whose it is; its own id for an agent; "" for the operator's own and for channels.
  std::string_view owner() const;
};

// One entity within the scope; nullopt where there is none or it lies outside.
core::Result<std::optional<Record>> find(sql::Connection& connection, const Scope& scope, Entity entity,
                                         std::string_view id);

// Which entities a list shows. Texts are compared whole; "" asks for nothing.
struct Filter {
  std::string status;
  std::string agent;  // of it itself; `subtree`: or of agents under it
  bool subtree = true;
  std::string merchant;  // of terminals and accounts
  std::string parent;    // of agents
  std::string mcc;       // of merchants
  std::string risk_tier;
};

// A page, newest id first (channels and terminals by id as well), after the id `after` ("": from the start).
core::Result<std::vector<Record>> list(sql::Connection& connection, const Scope& scope, Entity entity,
                                       const Filter& filter, std::string_view after, std::size_t count);
// The same in ascending order, everything: for going through all of them.
core::Result<std::vector<Record>> next_records(sql::Connection& connection, Entity entity,
                                               std::string_view after, std::size_t count);

// Errors: conflict (there is one with this id or code).
core::Status insert(sql::Connection& connection, const Record& record);
// Writes the values, times, act and version of `record` where the stored version is still `version`. Errors:
// conflict (it is not).
core::Status update(sql::Connection& connection, const Record& record, std::int64_t version);
// Only the number of the last act.
core::Status note_act(sql::Connection& connection, Entity entity, std::string_view id, std::int64_t act);

core::Result<std::vector<ChannelNumber>> numbers_of(sql::Connection& connection, std::string_view merchant);

}  // namespace tillwatch::registry
