// A clock that stands still until a test moves it. Called by simulated worlds; never used by the product.
#pragma once

#include "core/check.h"
#include "ports/clock.h"

namespace tillwatch::sim {

class SimClock final : public ports::Clock {
 public:
  explicit SimClock(core::TimeMs start = 1'782'864'000'000) : wall_ms_(start) {}  // 2026-07-01T00:00:00Z

  core::TimeMs now() override { return wall_ms_; }
  std::int64_t monotonic_ns() override { return monotonic_ns_; }
  std::int64_t monotonic_ms() const { return monotonic_ns_ / 1'000'000; }

  // Lets time pass.
  void advance(core::DurationMs duration) {
    CHECK(duration >= 0);
    wall_ms_ += duration;
    monotonic_ns_ += duration * 1'000'000;
  }
  // Somebody sets the wall clock; the monotonic one does not notice.
  void step_wall(core::DurationMs by) { wall_ms_ += by; }

 private:
  core::TimeMs wall_ms_;
  std::int64_t monotonic_ns_ = 5'000'000'000;  // processes never start at zero
};

}  // namespace tillwatch::sim
