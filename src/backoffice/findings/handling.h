// What people do about an alert: take it, put it off, write a note, judge it. Each is an act in the outbox,
// in the caller's write transaction; a verdict of fraud or good also sends the engine a label for every
// transaction that the alert keeps. Called by the desk's routes. Never closes without a verdict, never hides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "findings/alert.h"
#include "registry/registry.h"
#include "sql/database.h"

namespace tillwatch::findings {

inline constexpr core::DurationMs snooze_ms_max = 90 * core::day_ms;

struct Done {
  std::int64_t version = 0;
  std::int64_t act = 0;     // the last one
  std::int64_t labels = 0;  // sent to the engine
};

// `version`: what the author read; 0: whatever it is. Errors of all: not_found (outside the scope too),
// conflict (another version; the state forbids it), invalid (`where` is "/FIELD").
using Author = registry::Author;

// `assignee`: an account's id, which the caller has looked up; "" gives it back.
core::Result<Done> assign(sql::Connection& connection, const Author& author, std::string_view alert,
                          std::int64_t version, std::string_view assignee);
core::Result<Done> snooze(sql::Connection& connection, const Author& author, std::string_view alert,
                          std::int64_t version, core::TimeMs until, std::string_view reason);
core::Result<Done> note(sql::Connection& connection, const Author& author, std::string_view alert,
                        std::string_view text);
// fraud, good or unsure, with a reason. It closes; a verdict on a closed alert replaces the one before, and
// its labels follow the earlier ones.
core::Result<Done> judge(sql::Connection& connection, const Author& author, std::string_view alert,
                         std::int64_t version, std::string_view verdict, std::string_view reason,
                         const Grouping& grouping);

}  // namespace tillwatch::findings
