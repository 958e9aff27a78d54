#include "api/batch_pace.h"

#include <algorithm>

namespace tillwatch::api {

std::int64_t BatchPace::gap_ends_ns() const {
  return std::max(others_ns_, taken_ns_) + gap_ns;
}

std::size_t BatchPace::lines(bool others, std::int64_t now_ns) {
  std::size_t lines = lines_alone;
  if (others) {
    others_ns_ = now_ns;
    lines = lines_beside_others;
  } else if (now_ns - others_ns_ < quiet_ns) {
    if (now_ns < gap_ends_ns()) return 0;
    lines = lines_in_gap;
  }
  taken_ns_ = now_ns;
  return lines;
}

core::DurationMs BatchPace::wait_ms(std::int64_t now_ns) const {
  constexpr std::int64_t ms = 1'000'000;
  const std::int64_t until = std::min(gap_ends_ns(), others_ns_ + quiet_ns);
  return until <= now_ns ? 0 : (until - now_ns + ms - 1) / ms;
}

}  // namespace tillwatch::api
