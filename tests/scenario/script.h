// Scenarios as plain text that a risk officer can write (docs: tests/scenario/README.md): entries at times,
// and what is expected of the decisions. Called by runner.cpp. Says every failure with file and line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tillwatch::scenario {

struct Result {
  int decisions = 0;
  int expectations = 0;
  std::vector<std::string> failures;  // "file:line: what"
};

// Runs the text of one scenario. `packs`: the folder of policy packs.
Result run_script(std::string_view name, std::string_view text, const std::string& packs);

}  // namespace tillwatch::scenario
