// `tillwatch simulate --score TRUTH FINDINGS`: judges findings by the truth of a told world. Called by
// simulate_command.cpp. Reads two places and writes a report; nothing that serves links the scorer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tillwatch {

struct ScoreOptions {
  std::vector<std::string> inputs;  // the truth folder, the findings
  std::int64_t budget = 10;
  std::uint64_t bootstrap_seed = 1;
  bool json = false;
};

// Returns the exit code: 0 done, 1 failed.
int score_run(const ScoreOptions& options);

}  // namespace tillwatch
