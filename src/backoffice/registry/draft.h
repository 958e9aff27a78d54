// One change on its way: the entity as it shall be, as it was, and what differs, and the rows that go with
// it. The registry's own parts; called by nobody else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "payment/entry.h"
#include "registry/history.h"
#include "registry/record.h"
#include "sql/database.h"

namespace tillwatch::registry {

struct Draft {
  Record record;                 // personal fields clear
  std::optional<Record> before;  // the same; nullopt for a new one
  std::string reason;
  std::vector<ChangedField> changed;

  bool changed_field(std::string_view name) const;
};

// What belongs to a merchant belongs to the merchant's agent.
core::Status adopt_owner(sql::Connection& connection, Record& record, const Record* before);
// Fills `changed` from what differs.
void note_changes(Draft& draft);
// What the act says of it: version and names of fields, never a value.
std::string detail_of(const Draft& draft);
// What the engine is to obey, in order: first what it forgets, then what it learns.
core::Result<std::vector<payment::EntryBuilder>> commands_of(sql::Connection& connection, const Draft& draft);
core::Status write_numbers(sql::Connection& connection, const Draft& draft, core::TimeMs now);
// Ends and begins the binding of a terminal whose merchant or logical number changed.
core::Status write_binding(sql::Connection& connection, const Draft& draft, std::int64_t act,
                           core::TimeMs now);

}  // namespace tillwatch::registry
