// One layout for YAML files: two spaces a level, one space where one is wanted, no trailing blanks, remarks
// kept where they stand. Called by `tillwatch policy fmt`. Never changes what the file says: a text whose
// tree would come out otherwise is refused.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "yaml/yaml.h"

namespace tillwatch::yaml {

// The text in its layout; lay_out() of that is the same text. Errors: those of parse(); unsupported (a way of
// writing that cannot be laid out without changing what it says, with its place).
core::Result<std::string> lay_out(std::string_view text, std::string_view file);

// Whether two trees say the same; places do not count.
bool same(const Node& a, const Node& b);

}  // namespace tillwatch::yaml
