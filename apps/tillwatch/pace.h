// When the events of a live run are due: at a rate, with gaps that vary as arrivals do. The same gaps for a
// seed; the clock is the caller's. Called by world_live.cpp.
#pragma once

#include <chrono>
#include <cstdint>

#include "chance/distribution.h"

namespace tillwatch {

class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // `rate`: events a second; 0: at once. `jitter_percent`: 0 even gaps, 100 those of independent arrivals.
  Pace(std::uint64_t seed, int rate, int jitter_percent, Time start)
      : random_(seed, chance::Lane::live_gap, 0),
        mean_ns_(rate == 0 ? 0 : 1'000'000'000 / rate),
        jitter_percent_(jitter_percent),
        due_(start) {}

  // When the next event is due.
  Time next() {
    if (mean_ns_ == 0) return due_;
    const std::int64_t varied = mean_ns_ * chance::exponential_q16(random_) / 65'536;
    const std::int64_t gap = (mean_ns_ * (100 - jitter_percent_) + varied * jitter_percent_) / 100;
    return due_ += std::chrono::nanoseconds(gap);
  }
  // After a pause that the server asked for: what was due meanwhile is not made up for in a burst.
  void resume(Time now) {
    if (due_ < now) due_ = now;
  }

 private:
  chance::Stream random_;
  std::int64_t mean_ns_;
  int jitter_percent_;
  Time due_;
};

}  // namespace tillwatch
