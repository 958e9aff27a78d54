#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace tillwatch::core {

void check_failed(const char* file, int line, const char* text) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, text);
  std::abort();
}

}  // namespace tillwatch::core
