// Reading into lists, maps and optionals: a.b, a[i], their optional forms, and has(). Called by both
// evaluators. Arguments are values: neither absent nor unknown nor errors.
#pragma once

#include <string_view>

#include "cel/run.h"
#include "cel/value.h"

namespace tillwatch::cel {

// a[i]; through an optional the answer is optional.
Value index_value(Run& run, const Value& container, const Value& key);
// a[?i]: an optional, none where there is no such item.
Value index_optional(Run& run, const Value& container, const Value& key);
// a.name
Value select_field(Run& run, const Value& operand, std::string_view name);
// a.?name
Value select_optional(Run& run, const Value& operand, std::string_view name);
// has(a.name)
Value has_field(Run& run, const Value& operand, std::string_view name);

}  // namespace tillwatch::cel
