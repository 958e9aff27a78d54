// The plain evaluator: walks the tree, never jumps, never folds, looks at every operand. Called by tests as
// the oracle of the flat program; slow on purpose. Shares the libraries with it, and nothing else.
#pragma once

#include "cel/bounds.h"
#include "cel/run.h"
#include "cel/syntax.h"

namespace tillwatch::cel {

// The answer evaluate() gives for the program of this tree, but for which of several errors is told.
Value evaluate_tree(const Tree& tree, Activation& activation, Arena& arena, const Bounds& bounds = {},
                    Zones* zones = nullptr);

}  // namespace tillwatch::cel
