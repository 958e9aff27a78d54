// The language on a page of Markdown, made from the tables that the checker and the evaluator use.
// Called by `tillwatch cel --reference`; the page docs/policy-language.md is held to it by a test.
#pragma once

#include <string>

namespace tillwatch::cel {

// Sections of the third level: operators, macros, one per library, bounds. Ends with a newline.
std::string language_reference();

}  // namespace tillwatch::cel
