// How many lines of the batches in hand a loop turn takes, so that who asks for single decisions does not
// feel them. Called by ApiHandler once a turn. Never looks at a clock: it is told the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/time.h"

namespace tillwatch::api {

// What a turn may take: it ends with the first of the two that is used up, and takes a line at least where
// lines > 0.
struct BatchSlice {
  std::size_t lines = 0;
  std::int64_t ns = 0;
};

// Beside requests of others a line rides along now and then, so that batches use an eighth of the time. Where
// others asked a moment ago and may ask again, a batch waits for company or for a gap. Alone it takes large
// slices.
class BatchPace {
 public:
  static constexpr BatchSlice beside_others{1, 0};
  static constexpr BatchSlice in_gap{16, 500'000};
  static constexpr BatchSlice alone{256, 5'000'000};
  static constexpr std::int64_t share_of_time = 8;  // an eighth
  static constexpr std::int64_t gap_ns = 2'000'000;
  static constexpr std::int64_t quiet_ns = 100'000'000;  // from then on nobody else is there

  // For all batches together. `others`: whether a request that is no batch came in this turn; `now_ns`:
  // monotonic.
  BatchSlice slice(bool others, std::int64_t now_ns);
  // What the lines of this turn cost those who waited beside them.
  void spent(std::int64_t ns) { debt_ns_ += ns; }
  // Until slice() gives some without others.
  core::DurationMs wait_ms(std::int64_t now_ns) const;

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min() / 2;
  std::int64_t gap_ends_ns() const;

  std::int64_t others_ns_ = never;  // when somebody else asked last
  std::int64_t taken_ns_ = never;   // when lines were taken last
  std::int64_t paid_ns_ = never;    // until when the time that passed has been set against the debt
  std::int64_t debt_ns_ = 0;        // spent beside others
};

}  // namespace tillwatch::api
