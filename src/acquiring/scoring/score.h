// Judges findings by the truth: for each typology what was right, what was found when, at what budget, and
// what could have been (docs/simulator.md). Called by `tillwatch simulate --score` and by tests. Nothing that
// serves or decides links it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "scoring/finding.h"
#include "scoring/interval.h"
#include "scoring/truth.h"

namespace tillwatch::scoring {

inline constexpr std::int64_t budget_default = 10;
// So long after the end of an instance a finding about it is still right.
inline constexpr core::DurationMs grace_ms = 30 * core::day_ms;

struct Options {
  std::int64_t budget = budget_default;  // findings shown a day
  std::uint64_t seed = 1;                // of the bootstrap
};

// How many there are, how many were found under their own typology, under any, and at most.
struct Found {
  std::uint64_t all = 0;
  std::uint64_t named = 0;
  std::uint64_t any = 0;
  std::uint64_t ceiling = 0;
  friend bool operator==(const Found&, const Found&) = default;
};

struct TypologyScore {
  std::string code;
  std::string typology;

  std::uint64_t alerts = 0;        // shown under this name
  std::uint64_t alerts_named = 0;  // of these: right, and rightly named
  std::uint64_t alerts_any = 0;    // right about fraud of some kind
  std::uint64_t alerts_wrong = 0;  // neither
  Estimate wrong_rate;             // a thousand honest merchants and month

  Found patterns;                       // planted instances that show in the days
  std::array<Found, 4> patterns_skill;  // by skill
  Found merchants;                      // pairs of instance and merchant
  std::uint64_t look_alikes = 0;
  std::uint64_t look_alikes_alerted = 0;  // taken for the real thing

  std::int64_t amount = 0;          // of approved acts of fraud, minor units
  std::int64_t amount_found = 0;    // of the patterns found (named)
  std::int64_t amount_after = 0;    // after the alert was shown (named)
  std::int64_t amount_ceiling = 0;  // the same at the ceiling
  Estimate value_found;             // amount_found of amount
  Estimate delay_hours;             // median over the patterns found (named): first act to alert shown
  Estimate acts_before;             // median: acts until then
  Estimate amount_before;           // median: approved amount until then, minor units
};

struct Report {
  Options options;
  double days = 0;
  std::uint64_t merchants = 0;
  std::uint64_t honest_merchants = 0;
  std::uint64_t findings = 0, outside = 0, repeated = 0, over_budget = 0;
  TypologyScore total;                // of all typologies together
  std::vector<TypologyScore> scores;  // of those planted or named, by code
};

Report judge(const Truth& truth, std::vector<Finding> findings, const Options& options);

// For people, and for programs.
std::string in_words(const Report& report);
std::string in_json(const Report& report);

}  // namespace tillwatch::scoring
