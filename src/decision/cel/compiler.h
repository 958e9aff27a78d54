// Tree to flat program. Called by compile().
#pragma once

#include <memory>

#include "cel/bounds.h"
#include "cel/environment.h"
#include "cel/fault.h"
#include "cel/syntax.h"

namespace tillwatch::cel {

struct Code;

// The program of one subtree. Faults: constant regular expressions that are none (where `checked`).
std::unique_ptr<const Code> generate(const Tree& tree, NodeId root, const Environment& environment,
                                     const Bounds& bounds, bool checked, FaultList& faults);

}  // namespace tillwatch::cel
