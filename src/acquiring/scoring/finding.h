// Findings: what a finder says of entities (docs/formats/findings.md), and which of them people get to see
// under a daily budget. Called by `tillwatch simulate --score` and by tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "scoring/entities.h"
#include "scoring/truth.h"

namespace tillwatch::scoring {

inline constexpr std::size_t finding_line_bytes_max = 4096;
inline constexpr std::size_t findings_max = 5'000'000;
inline constexpr std::int64_t budget_max = 1'000'000;
// For so long a finding about the same entity and typology adds to the first and costs no budget.
inline constexpr core::DurationMs repeat_ms = 30 * core::day_ms;

struct Finding {
  core::TimeMs time = 0;
  double score = 0;  // higher: shown first
  EntityNumber entity = 0;
  EntityKind kind = EntityKind::merchant;
  std::uint8_t typology = 0;  // the two digits of its code
};

core::Result<Finding> read_finding(std::string_view line, std::string_view place, Entities& entities);

// A finding that is shown, at the end of the local day on which it was made.
struct Alert {
  Finding finding;
  core::TimeMs shown = 0;
};

struct Selection {
  std::vector<Alert> alerts;  // by day, then by rank
  std::uint64_t outside = 0;  // made before the first or after the last day
  std::uint64_t repeated = 0;
  std::uint64_t over_budget = 0;
};

// Each day the `budget` best ones; at equal score the earlier, then the smaller entity and typology.
Selection select(const Scope& scope, std::vector<Finding> findings, std::int64_t budget);

}  // namespace tillwatch::scoring
