// What has to be done to a statement before PostgreSQL may have it. Called by the PostgreSQL driver only.
// Never looks at values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tillwatch::sql {

// Replaces the placeholder $n by the word null where nulls[n - 1] says so: PostgreSQL cannot tell the type of
// `$1 is null`, and a null needs none. What stands in quotes or comments stays. CHECK that the placeholders
// are exactly $1 to $(nulls.size()).
std::string write_out_nulls(std::string_view statement, const std::vector<bool>& nulls);

}  // namespace tillwatch::sql
