// Scenarios as plain text that a risk officer can write (docs/policy-format.md, Scenarios): entries at times,
// and what is expected of the decisions. Called by `tillwatch policy test` and by tests. Says every failure
// with file and line; never reads a file or a clock.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/bundle.h"
#include "scenario/desk.h"

namespace tillwatch::scenario {

struct Result {
  int decisions = 0;
  int expectations = 0;
  std::vector<std::string> failures;  // "file:line: what was expected, what came"
  std::set<std::string> hit;          // rules that were expected to match, and did
  std::set<std::string> spared;       // rules that were expected not to, by name, and did not
};

// Runs the text of one scenario under `bundle`. `name`: the file, for messages.
Result run_script(std::string_view name, std::string_view text,
                  const std::shared_ptr<const policy::Bundle>& bundle, const OpenDesk& open_desk);

// The pack that the text names in its line `policy NAME`; "" where it names none.
std::string pack_named_in(std::string_view text);

}  // namespace tillwatch::scenario
