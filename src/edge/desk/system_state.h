// How the program stands, as home and the page of its health tell it. Asked on the service thread; answered
// by the wiring of `tillwatch serve`, and by fakes in tests. Never waits for the engine.
#pragma once

#include <cstdint>
#include <string>

#include "core/strong.h"
#include "core/time.h"

namespace tillwatch::desk {

struct SystemState {
  std::string version;           // of the program
  core::TimeMs started_at = 0;   // of this process
  core::TimeMs engine_turn = 0;  // when the engine thread was last seen at work
  core::Sequence durable;        // the journal's newest record
  core::Sequence projected;      // what the database has of it
  std::int64_t acts_handed = 0;  // acts up to this one are in the journal
  std::string trouble;           // what relay or projector met at the last try; "" where all went well
  core::TimeMs trouble_since = 0;
  std::int64_t disk_free_bytes = -1;  // of the data directory; -1: unknown
  std::int64_t disk_bytes = -1;
};

class System {
 public:
  virtual ~System() = default;
  virtual SystemState state() = 0;
};

}  // namespace tillwatch::desk
