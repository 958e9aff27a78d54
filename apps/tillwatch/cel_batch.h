// `tillwatch cel --batch`: one JSON object a line in, one a line out. Called by cel_command and the
// conformance test. A line never stops the batch: what is wrong with it is its answer.
#pragma once

#include <string>
#include <string_view>

#include "cel/run.h"

namespace tillwatch {

// {"expr": text, "bindings": {name: typed}, "unknowns": [name], "unchecked": bool}: {"value": typed},
// {"error": {"message","line","column"}} or {"unknown": [name]}. "declare": {name: type} gives variables
// another type than their value's, or declares them without a value; with "check": true the answer is
// {"type": text} or the first fault. Other members are not looked at.
std::string answer_cel_line(std::string_view line, cel::Zones* zones);

}  // namespace tillwatch
