// What changes between two policies, in the policy's own words, and what has to be computed anew when the
// second takes the place of the first. Called by `tillwatch policy diff`.
#pragma once

#include <string>
#include <vector>

#include "policy/bundle.h"

namespace tillwatch::policy {

struct Difference {
  std::vector<std::string> lines;     // for people; empty where both mean the same
  std::vector<std::string> backfill;  // features that are unknown until they have been computed
  std::size_t kept = 0;               // features that keep their windows
  bool empty() const { return lines.empty(); }
};
Difference difference(const Bundle& before, const Bundle& after);

}  // namespace tillwatch::policy
