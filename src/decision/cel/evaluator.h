// The machine that runs a flat program. Called by evaluate() and, for constants, by the compiler.
#pragma once

#include "cel/code.h"
#include "cel/run.h"

namespace tillwatch::cel {

// Runs from an instruction on to Op::finish, without variables: what does not depend on any.
Value evaluate_constant(const Code& code, std::uint32_t start, Arena& arena, std::uint64_t budget);

}  // namespace tillwatch::cel
