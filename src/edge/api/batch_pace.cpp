#include "api/batch_pace.h"

#include <algorithm>

namespace tillwatch::api {

std::int64_t BatchPace::gap_ends_ns() const {
  return std::max(others_ns_, taken_ns_) + gap_ns;
}

BatchSlice BatchPace::slice(bool others, std::int64_t now_ns) {
  // The elapsed time is bounded before it is divided: the first one is since for ever.
  debt_ns_ = std::max<std::int64_t>(
      0, debt_ns_ - std::min(now_ns - paid_ns_, debt_ns_ * share_of_time) / share_of_time);
  paid_ns_ = now_ns;
  BatchSlice slice = alone;
  if (others) {
    others_ns_ = now_ns;
    if (debt_ns_ > 0) return {};
    slice = beside_others;
  } else if (now_ns - others_ns_ < quiet_ns) {
    if (now_ns < gap_ends_ns()) return {};
    slice = in_gap;
  }
  taken_ns_ = now_ns;
  return slice;
}

core::DurationMs BatchPace::wait_ms(std::int64_t now_ns) const {
  constexpr std::int64_t ms = 1'000'000;
  const std::int64_t until = std::min(gap_ends_ns(), others_ns_ + quiet_ns);
  return until <= now_ns ? 0 : (until - now_ns + ms - 1) / ms;
}

}  // namespace tillwatch::api
