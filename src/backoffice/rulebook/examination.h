// What can be said of a pack in memory before it is in force: its faults with their places, what it changes,
// what its scenarios come to. Called by the desk's routes and by publication. Never touches a disk or the
// store.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "policy/bundle.h"
#include "policy/difference.h"
#include "rulebook/draft.h"

namespace tillwatch::rulebook {

struct Examined {
  std::shared_ptr<const policy::Bundle> bundle;  // nullptr where there are errors
  policy::Faults faults;                         // warnings too, in the order of their places
};
Examined examine(const std::vector<policy::SourceFile>& files, std::optional<core::TimeMs> now);

// The scenarios of a pack, one at a step, so that whoever runs them stays responsive between.
class TestRun {
 public:
  explicit TestRun(PackSet files);
  // Runs the next scenario; false where none is left. A pack with errors runs none and fails all.
  bool step();

  struct Outcome {
    std::string name;
    int decisions = 0, expectations = 0;
    std::vector<std::string> failures;  // "file:line: what was expected, what came"
  };
  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  std::size_t scenarios() const { return files_.scenarios.size(); }
  // What is kept beside the draft, once no step is left.
  Tested tested() const;

 private:
  PackSet files_;
  Examined examined_;
  std::vector<Outcome> outcomes_;
};

}  // namespace tillwatch::rulebook
