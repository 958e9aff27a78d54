// "…%d…".format([...]): the directives of the strings extension. Called by the strings library only.
#pragma once

#include <span>
#include <string_view>

#include "cel/run.h"
#include "cel/value.h"

namespace tillwatch::cel {

// The text with %s %d %f %e %b %o %x %X replaced; "%%" is a percent sign. An error where the directive is
// unknown, an item is missing or of another kind, or the text grows past the arena.
Value format_text(Run& run, std::string_view pattern, std::span<const Value> items);

}  // namespace tillwatch::cel
