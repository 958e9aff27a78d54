// `tillwatch policy test`: runs the scenarios of a pack and says which hold. Called by the policy command.
// Writes nothing but its report.
#pragma once

#include <string>
#include <vector>

namespace tillwatch {

struct ScenarioWishes {
  std::string folder;              // the pack
  std::vector<std::string> files;  // scenario files, or folders of them; empty: the pack's own `scenarios`
  bool every_rule = false;         // a rule that no scenario hits, or none spares, is a failure
};

// The exit code: 0 all hold, 1 some do not or the pack has faults, 2 there is nothing to run.
int test_policy(const ScenarioWishes& wishes);

}  // namespace tillwatch
