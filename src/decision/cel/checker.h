// The types of a resolved tree. Called by compile(); writes Node::type of every node.
#pragma once

#include <optional>

#include "cel/environment.h"
#include "cel/fault.h"
#include "cel/syntax.h"

namespace tillwatch::cel {

// Faults name the operands' types and the remedy. `expected`: what the whole expression must be, if anything.
void check(Tree& tree, const Environment& environment, const std::optional<Type>& expected,
           FaultList& faults);

}  // namespace tillwatch::cel
