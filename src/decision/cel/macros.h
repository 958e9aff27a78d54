// The macros of the language: calls that the parser turns into nodes of their own. Called by the parser and
// the reference.
#pragma once

#include <span>
#include <string_view>

#include "cel/fault.h"
#include "cel/syntax.h"

namespace tillwatch::cel {

// Rewrites a freshly made call node in place where it is a macro: has, all, exists, exists_one (existsOne),
// map, filter, transformList, transformMap, transformMapEntry, optMap, optFlatMap, cel.bind. Other calls stay
// as they are. Adds a fault where a macro's variable is not a plain name.
void expand_macro(Tree& tree, NodeId call, FaultList& faults);

// How a macro is written and what it gives: for the reference. Every macro is there once for each of its
// forms.
struct MacroForm {
  std::string_view form;
  std::string_view about;
};
std::span<const MacroForm> macro_forms();

}  // namespace tillwatch::cel
