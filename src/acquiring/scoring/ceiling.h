// The oracle ceiling: what an all-seeing reader with the same budget could have shown, once an instance was
// evident. Called by the judge. Knows nothing of findings.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tillwatch::scoring {

// Something to show on one of the days from .. to, both included.
struct Chance {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

// By chance: the day on which it is shown, nothing where the budget does not reach. Of what waits, that which
// ends first: for pieces of one size no other order shows more.
std::vector<std::optional<std::int64_t>> best_days(const std::vector<Chance>& chances, std::int64_t budget);

}  // namespace tillwatch::scoring
