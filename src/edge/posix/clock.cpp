#include "posix/clock.h"

#include <ctime>

#include "core/check.h"

namespace tillwatch::posix {

core::TimeMs Clock::now() {
  timespec time{};
  CHECK(::clock_gettime(CLOCK_REALTIME, &time) == 0);
  return time.tv_sec * core::second_ms + time.tv_nsec / 1'000'000;
}

std::int64_t Clock::monotonic_ns() {
  timespec time{};
  CHECK(::clock_gettime(CLOCK_MONOTONIC, &time) == 0);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace tillwatch::posix
