// Names to meanings: which slot, macro variable, type or function each name of a tree stands for.
// Called by compile() between parser and checker. Writes Node::reference, slot, local and function.
#pragma once

#include "cel/environment.h"
#include "cel/fault.h"
#include "cel/syntax.h"

namespace tillwatch::cel {

// `unchecked`: names without a meaning are no faults but errors of the evaluation.
void resolve(Tree& tree, const Environment& environment, bool unchecked, FaultList& faults);

}  // namespace tillwatch::cel
