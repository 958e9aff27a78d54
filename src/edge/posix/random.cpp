#include "posix/random.h"

#include <sys/random.h>

#include "core/check.h"
#include "posix/descriptor.h"

namespace tillwatch::posix {

void Random::fill(std::span<std::byte> out) {
  while (!out.empty()) {
    const auto n = retry([&] { return ::getrandom(out.data(), out.size(), 0); });
    CHECK(n > 0);
    out = out.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace tillwatch::posix
