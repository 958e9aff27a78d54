// A value as a source text that makes it again, for people: explanations, the interactive mode, test
// failures. Never used for files or protocols.
#pragma once

#include <string>

#include "cel/value.h"

namespace tillwatch::cel {

// 500000, 5u, 1.5, "text", b"\x00", [1, 2], {"a": 1}, timestamp("..."), duration("90s"), optional.of(1), int,
// null; <error: ...>, <unknown: ...>. Long values are cut with "...".
std::string to_text(const Value& value);

}  // namespace tillwatch::cel
