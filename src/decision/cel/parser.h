// Source text to tree. Called by compile(); one run finds several faults.
// Accepts the grammar of the language definition (cel-spec, langdef) with quoted field names and optional
// syntax; macros become nodes of their own. Message construction parses and is refused later.
#pragma once

#include <optional>
#include <string_view>

#include "cel/bounds.h"
#include "cel/fault.h"
#include "cel/syntax.h"

namespace tillwatch::cel {

// The tree, also where faults were added (then with nodes of kind invalid); nullopt where the text is too
// long to read.
std::optional<Tree> parse(std::string_view source, const Bounds& bounds, FaultList& faults);

// True of the words that no variable may be called (`as`, `break`, `true`, ...).
bool is_reserved_word(std::string_view word);

}  // namespace tillwatch::cel
