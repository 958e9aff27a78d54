// The real clock port. Called by apps. Never used by `decision` or `record`.
#pragma once

#include "ports/clock.h"

namespace tillwatch::posix {

class Clock final : public ports::Clock {
 public:
  core::TimeMs now() override;
  std::int64_t monotonic_ns() override;
};

}  // namespace tillwatch::posix
