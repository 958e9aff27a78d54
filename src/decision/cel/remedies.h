// The words of type faults: what the operands are and what to write instead. Called by the checker only.
#pragma once

#include <span>
#include <string>

#include "cel/syntax.h"

namespace tillwatch::cel {

// "amount > 5.0": what to do where no form of the function takes these operands; empty where nothing is
// plain.
std::string remedy_for(const Tree& tree, const Node& call, std::span<const Type> types);
// What to do where a bool is wanted.
std::string remedy_for_condition(const Type& found);
// A function's name as its user writes it: ">" for "_>_".
std::string shown_name(std::string_view function);

}  // namespace tillwatch::cel
