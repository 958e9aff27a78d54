// Chance from a seed (SplitMix64): the same on every compiler and machine. Called by simulated worlds and
// property tests; never used by the product, whose keys come from the system.
#pragma once

#include <cstdint>

#include "core/check.h"
#include "ports/random.h"

namespace tillwatch::sim {

class SimRandom final : public ports::Random {
 public:
  explicit SimRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 to `bound` - 1; the bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t bound) {
    CHECK(bound > 0);
    return next() % bound;
  }
  // `low` to `high`, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  void fill(std::span<std::byte> out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(next() >> 56);
  }

 private:
  std::uint64_t state_;
};

}  // namespace tillwatch::sim
