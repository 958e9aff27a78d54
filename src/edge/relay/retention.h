// Forgets what the projection has kept long enough, in bounded steps, oldest first. Called on the service
// thread when nothing else waits. Never touches the journal, which has its own rule.
#pragma once

#include <cstdint>

#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::relay {

class Retention {
 public:
  // Deletes up to limits::retention_rows_at_once decisions admitted before `before`, with their hits,
  // standing facts and the later words of that stretch of the journal, in one transaction. The sums by the
  // hour stay. The number of decisions that went; 0: there is nothing that old. Errors: as of the connection.
  core::Result<std::int64_t> step(sql::Connection& connection, core::TimeMs before);

 private:
  core::Result<std::int64_t> last_to_go(sql::Connection& connection, core::TimeMs before) const;
  // Up to here all is gone: PostgreSQL keeps deleted rows for a while, and would walk over them each time.
  std::int64_t gone_to_ = 0;
};

}  // namespace tillwatch::relay
