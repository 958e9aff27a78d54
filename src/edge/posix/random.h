// The real entropy port, over getrandom(2). Called by apps. Never weaker than the kernel's generator.
#pragma once

#include "ports/random.h"

namespace tillwatch::posix {

class Random final : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override;
};

}  // namespace tillwatch::posix
