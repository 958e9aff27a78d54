// A counter-based generator of integers: the same numbers for (seed, entity, day, lane) on any machine,
// compiler and thread count, in whatever order the world is drawn. Called by every file of the simulator.
// Never uses floating point, std:: distributions or a state that outlives its entity and day.
#pragma once

#include <cstdint>

#include "core/check.h"

namespace tillwatch::chance {

// A bijection on 64 bits that spreads every input bit over all output bits (the finaliser of SplitMix64).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ull;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

inline constexpr std::uint64_t golden_step = 0x9e3779b97f4a7c15ull;

// What a sequence of numbers is for. Numbers are stable: they decide bytes.
enum class Lane : std::uint64_t {
  merchant = 1,
  terminal = 2,
  card = 3,
  demand = 4,
  sale = 5,
  refund = 6,
  identity = 7,
  instance = 8,
  act = 9,
  position = 10,
  regular = 11,
  person = 12,
  // Of the acquiring world (acquiring/world and above).
  limit = 32,
  agent = 33,
  shop = 34,
  shop_day = 35,
  home = 36,
  haunt = 37,
  day_of_person = 38,
  purchase = 39,
  aftermath = 40,
  travel = 41,
  schedule = 42,
  cast = 43,
  deed = 44,
  fate = 45,
  label = 46,
  pace = 47,
  fees = 48,
  // Of the files that agents get (acquiring/agent_files).
  file_fate = 49,
  file_row = 50,
  register_gap = 51,
  notice = 52,
  live_gap = 53,
  // Of the acquiring world again.
  week = 54,
  errand = 55,
  origin = 56,
  // Of the scorer.
  bootstrap = 64,
};

// The key of a sequence. Chained, so that (1, 2) and (2, 1) are different places.
constexpr std::uint64_t key_of(std::uint64_t seed, Lane lane, std::uint64_t entity, std::int64_t day = 0,
                               std::uint64_t index = 0) {
  std::uint64_t key = mix64(seed + golden_step);
  key = mix64(key ^ (static_cast<std::uint64_t>(lane) * golden_step));
  key = mix64(key + entity * golden_step + 1);
  key = mix64(key ^ (static_cast<std::uint64_t>(day) * golden_step + 2));
  return mix64(key + index * golden_step + 3);
}

// One draw an expression: the order in which a compiler takes operands and arguments is its own.
class Stream {
 public:
  Stream(std::uint64_t seed, Lane lane, std::uint64_t entity, std::int64_t day = 0, std::uint64_t index = 0)
      : key_(key_of(seed, lane, entity, day, index)) {}

  std::uint64_t next() { return mix64(key_ + ++counter_ * golden_step); }
  std::uint32_t next32() { return static_cast<std::uint32_t>(next() >> 32); }

  // Uniform over 0 .. bound-1, without bias. bound >= 1.
  std::uint32_t below(std::uint32_t bound) {
    CHECK(bound > 0);
    const std::uint32_t rest = (0u - bound) % bound;  // 2^32 mod bound: the part that would favour some
    for (;;) {
      const std::uint64_t wide = static_cast<std::uint64_t>(next32()) * bound;
      if (static_cast<std::uint32_t>(wide) >= rest) return static_cast<std::uint32_t>(wide >> 32);
    }
  }
  // Uniform over from .. to, both included; to - from < 2^32.
  std::int64_t between(std::int64_t from, std::int64_t to) {
    CHECK(from <= to && to - from < 0xffffffffll);
    return from + below(static_cast<std::uint32_t>(to - from + 1));
  }
  // True with the probability of `ppm` parts in a million.
  bool chance(std::uint32_t ppm) { return below(1'000'000) < ppm; }

  // How many numbers were drawn; a stream made anew goes on behind them.
  std::uint64_t drawn() const { return counter_; }
  void go_on_after(std::uint64_t drawn) { counter_ = drawn; }

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace tillwatch::chance
