// The history of every change: who, when, which field, before, after, why. Of a personal field only that it
// changed. Called by the registry, which writes it in the transaction of the change, and by the routes that
// show it. Never changed, never deleted.
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

// One change of one field, or `field` "" where the whole was looked at.
struct ChangedField {
  std::string field;
  std::optional<std::string> before;  // empty for personal fields
  std::optional<std::string> after;
};

struct Event {
  Entity entity = Entity::agent;
  std::string id;
  std::int64_t act = 0;
  std::int64_t version = 0;
  core::TimeMs at = 0;
  std::string actor;
  std::string action;  // created, changed, followed (with what it belongs to), revealed
  std::string reason;
};

core::Status write_history(sql::Connection& connection, const Event& event,
                           const std::vector<ChangedField>& fields);

struct HistoryRow {
  Event event;
  ChangedField changed;
};
// Newest first, after the row (act, field); act 0 begins. Of a time when it belonged elsewhere a caller
// learns that something was changed and when: neither what stood there, nor who did it, nor why.
core::Result<std::vector<HistoryRow>> history_of(sql::Connection& connection, const Scope& scope,
                                                 Entity entity, std::string_view id, std::int64_t after_act,
                                                 std::string_view after_field, std::size_t count);

}  // namespace tillwatch::registry
