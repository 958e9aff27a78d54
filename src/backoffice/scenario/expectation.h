// What a scenario expects of one decision, judged: outcome, rules, reasons, values. Called by script.cpp.
// Says in a sentence what was expected and what came.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "engine/decision.h"
#include "policy/bundle.h"
#include "scenario/line.h"

namespace tillwatch::scenario {

// A decision, and the slots that some expectation asks for as they were then.
struct Observed {
  engine::Decision decision;
  std::vector<std::uint32_t> slots;
  std::vector<engine::Reading> readings;  // one for each slot, or none where the desk cannot say
};

// Whether a live rule matched.
bool fired(const engine::Decision& decision, const std::string& rule);
// The outcome, the rules with their sentences, and what was not seen.
std::string in_words(const policy::Bundle& bundle, const engine::Decision& decision);

// The names after `value` in a line of expectations: what has to be read when an entry is decided.
std::vector<std::string> values_asked_for(const Words& words);

// Judges words[at] (and the next one for `value`), moving `at` past it. The answer is what came instead, or
// nothing where it is as expected. Errors: invalid (no such expectation, an unknown name).
core::Result<std::optional<std::string>> judge(const policy::Bundle& bundle, const Observed& observed,
                                               const Words& words, std::size_t& at);

}  // namespace tillwatch::scenario
