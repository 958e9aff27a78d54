// Whether a test goes the long way: TILLWATCH_LONG is set and not empty. Every test that has two sizes asks
// here. Never used by the product.
#pragma once

#include <cstdlib>

namespace tillwatch::sim {

// An empty variable is none: it is what scripts make of one that nobody has set.
inline bool long_mode() {
  const char* const wish = std::getenv("TILLWATCH_LONG");
  return wish != nullptr && *wish != '\0';
}

}  // namespace tillwatch::sim
