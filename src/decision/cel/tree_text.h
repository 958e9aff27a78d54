// The parts of an analysed expression with their types, one a line, for `tillwatch cel --explain`.
#pragma once

#include <string>
#include <string_view>

#include "cel/syntax.h"

namespace tillwatch::cel {

// "1:8   >  bool", and below it, indented, its operands. `source` is what the tree was made from.
std::string typed_parts(const Tree& tree, std::string_view source);

}  // namespace tillwatch::cel
