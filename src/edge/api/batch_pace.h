// How many lines of the batches in hand a loop turn takes, so that who asks for single decisions does not
// feel them. Called by ApiHandler once a turn. Never looks at a clock: it is told the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/time.h"

namespace tillwatch::api {

// Beside requests of others a few lines ride along and share their sync. Where others asked a moment ago and
// may ask again, a batch waits for company or for a gap. Alone it takes large slices.
class BatchPace {
 public:
  static constexpr std::size_t lines_beside_others = 2;
  static constexpr std::size_t lines_in_gap = 16;
  static constexpr std::size_t lines_alone = 256;
  static constexpr std::int64_t gap_ns = 2'000'000;
  static constexpr std::int64_t quiet_ns = 100'000'000;  // from then on nobody else is there

  // Lines that this turn takes, of all batches together. `others`: whether a request that is no batch came in
  // this turn; `now_ns`: monotonic.
  std::size_t lines(bool others, std::int64_t now_ns);
  // Until lines() gives some without others.
  core::DurationMs wait_ms(std::int64_t now_ns) const;

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min() / 2;
  std::int64_t gap_ends_ns() const;

  std::int64_t others_ns_ = never;  // when somebody else asked last
  std::int64_t taken_ns_ = never;   // when lines were taken last
};

}  // namespace tillwatch::api
