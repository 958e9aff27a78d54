// The rules that one feature definition must keep before it can become part of a plan.
// Called by build_plan only. Says what is wrong and what to write instead; never repairs a definition.
#pragma once

#include <cstddef>

#include "core/error.h"
#include "window/plan.h"

namespace tillwatch::window {

// `number` names the feature in the error.
core::Status check_definition(const FeatureDefinition& feature, std::size_t number);

}  // namespace tillwatch::window
