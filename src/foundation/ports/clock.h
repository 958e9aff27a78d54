// The clock port. Called by apps and edge only: `decision` and `record` take time from entries and arguments.
#pragma once

#include <cstdint>

#include "core/time.h"

namespace tillwatch::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time, UTC. May step backwards; the pipeline makes it monotone.
  virtual core::TimeMs now() = 0;
  // Nanoseconds since an arbitrary start; never goes back. For deadlines and durations.
  virtual std::int64_t monotonic_ns() = 0;
};

}  // namespace tillwatch::ports
