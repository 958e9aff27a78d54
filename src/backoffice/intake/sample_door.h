// A door with a fixed key for the tests of this module: the same card gives the same reference in every run.
// Called by tests only. Never fit for real cards: everybody knows the key.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "door/door.h"
#include "ports/random.h"

namespace tillwatch::intake {

class FixedRandom final : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override { std::ranges::fill(out, std::byte{0x5a}); }
};

inline std::unique_ptr<door::Door> sample_door() {
  FixedRandom random;
  return std::make_unique<door::Door>(
      std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, 0)));
}

}  // namespace tillwatch::intake
