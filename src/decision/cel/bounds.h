// The bounds of one expression and of one evaluation. Called by whoever compiles or evaluates; defaults from
// core/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/limits.h"

namespace tillwatch::cel {

struct Bounds {
  std::size_t source_bytes_max = core::limits::cel_source_bytes_max;
  std::uint32_t nesting_max = core::limits::cel_nesting_max;
  std::uint32_t literal_items_max = core::limits::cel_literal_items_max;  // of one list or map in the source
  std::uint32_t list_items_max = core::limits::cel_list_items_max;  // of one list or map while evaluating
  std::uint64_t instructions_max = core::limits::cel_instructions_default;
};

}  // namespace tillwatch::cel
