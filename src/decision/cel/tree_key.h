// A text for a subtree that is equal for subtrees that mean the same. Called by RuleSet to find the
// predicates that conditions share.
#pragma once

#include <string>

#include "cel/syntax.h"

namespace tillwatch::cel {

// Of a resolved tree. Names of macro variables do not matter, their numbers do.
std::string tree_key(const Tree& tree, NodeId id);

}  // namespace tillwatch::cel
