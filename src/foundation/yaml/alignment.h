// Where in a file the characters of a scalar stand: quotes, escapes and folded lines make the two differ.
// Called by yaml.cpp for each scalar. Knows no YAML beyond that.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "yaml/yaml.h"

namespace tillwatch::yaml {

// `from`: the byte of `text` at which the scalar begins (its quote or block sign), which is at `place`.
// Empty where the scalar stands in one piece at its place. Where the two cannot be brought together the rest
// has no places of its own.
std::vector<Continuation> align(std::string_view text, std::size_t from, std::string_view scalar,
                                const Place& place);

}  // namespace tillwatch::yaml
