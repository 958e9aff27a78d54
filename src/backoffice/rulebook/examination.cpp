#include "rulebook/examination.h"

#include <algorithm>

#include "core/check.h"
#include "core/limits.h"
#include "policy/review.h"
#include "scenario/replay_desk.h"
#include "scenario/script.h"

namespace tillwatch::rulebook {

Examined examine(const std::vector<policy::SourceFile>& files, std::optional<core::TimeMs> now) {
  Examined result;
  result.bundle = policy::Bundle::load(files, result.faults);
  if (result.bundle == nullptr) return result;
  for (policy::Fault& fault : policy::review(*result.bundle, now)) result.faults.push_back(std::move(fault));
  if (!std::ranges::all_of(result.faults, &policy::Fault::warning)) result.bundle = nullptr;
  return result;
}

TestRun::TestRun(PackSet files) : files_(std::move(files)), examined_(examine(files_.policy, std::nullopt)) {}

bool TestRun::step() {
  if (outcomes_.size() == files_.scenarios.size()) return false;
  const policy::SourceFile& file = files_.scenarios[outcomes_.size()];
  Outcome outcome;
  outcome.name = file.name;
  if (examined_.bundle == nullptr) {
    outcome.failures.push_back(file.name + ": the policy has faults: check it first");
  } else if (file.text.size() > core::limits::scenario_bytes_max) {
    outcome.failures.push_back(file.name + ": is too long");
  } else {
    scenario::Result result =
        scenario::run_script(file.name, file.text, examined_.bundle, scenario::open_replay_desk);
    outcome.decisions = result.decisions;
    outcome.expectations = result.expectations;
    outcome.failures = std::move(result.failures);
  }
  outcomes_.push_back(std::move(outcome));
  return true;
}

Tested TestRun::tested() const {
  CHECK(outcomes_.size() == files_.scenarios.size());
  return {files_.hash(), static_cast<std::int64_t>(outcomes_.size()),
          std::ranges::count_if(outcomes_, [](const Outcome& one) { return !one.failures.empty(); })};
}

}  // namespace tillwatch::rulebook
