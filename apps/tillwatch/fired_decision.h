// What `simulate --live` needs of an answer of POST /v1/decisions: outcome, reasons, and a line for people.
// Called by live_run.cpp only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "json/reader.h"

namespace tillwatch {

struct FiredReason {
  std::string rule;
  std::string typology;
  int severity = 1;
  bool shadow = false;
  std::string text;
};

struct FiredDecision {
  std::string id;
  std::string authorisation;
  std::string settlement;
  std::string subject;
  std::vector<FiredReason> reasons;
  std::vector<std::string> standing;  // what stood against it already: "restriction T12-refused"
};

// Errors: corrupt (not such an answer).
core::Result<FiredDecision> read_decision(json::Reader& reader, std::string_view body,
                                          std::string_view language);

// "decline, hold", "ask to verify", "watch": the outcome in words; "allow" where there is nothing to say.
std::string outcome_words(const FiredDecision& decision, std::string_view language);

// "12,345.67" of minor units.
std::string money_words(std::int64_t minor);

}  // namespace tillwatch
