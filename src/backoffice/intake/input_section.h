// The member `input` of a mapping file: how the file of rows is written. Called by the mapping reader only.
#pragma once

#include "core/error.h"
#include "intake/mapping.h"
#include "yaml/yaml.h"

namespace tillwatch::intake {

// Fills what the mapping says of the file as a whole. Errors: invalid, with file, line and column.
core::Status read_input(const yaml::Node& node, Mapping& out);

}  // namespace tillwatch::intake
