// A policy member by member, in its own words: what two policies are compared by, and what says whether a new
// layout means the same. Called by the difference and by the formatter's test. No place, no comment, no order
// of members is part of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "policy/model.h"

namespace tillwatch::policy {

using Members =
    std::vector<std::pair<std::string, std::string>>;  // name, value in words; "" where it says nothing

Members portrait(const RuleDefinition& rule);
Members portrait(const FeatureDefinition& feature);
Members portrait(const ListDefinition& list);
Members portrait(const DerivedDefinition& derived);
Members portrait(const AttributeDefinition& attribute);
Members portrait(const RegisteredDefinition& fact);
Members portrait(const ParameterDefinition& parameter);
Members portrait(const OutcomeDefinition& outcome);
Members portrait(const MessageDefinition& message);
Members portrait_of_head(const Model& model);

// "20,000.00 (money)", "0.4 (share)", "30d".
std::string in_words(const ParameterDefinition& parameter);
std::string in_words(const ActionDefinition& action);

// All of the policy, in one text: equal where two packs mean the same.
std::string whole_portrait(const Model& model);

}  // namespace tillwatch::policy
