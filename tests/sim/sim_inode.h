// One file of the simulated disk in its two versions, what readers see and what is durable, and how a crash
// mixes them. Called by SimDisk only.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "sim/sim_disk.h"

namespace tillwatch::sim {

// Chance from a seed (SplitMix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  bool coin() { return (next() & 1) != 0; }

 private:
  std::uint64_t state_;
};

struct Inode {
  std::string seen;               // what reads return
  std::string durable;            // what survives
  std::set<std::uint64_t> dirty;  // pages written since they were last made durable
  bool size_dirty = false;

  void write(std::uint64_t offset, std::string_view data);
  void resize(std::uint64_t size);
  void persist_page(std::uint64_t page);
  void persist_all();
  // The bytes of the file after a crash.
  std::string survivor(Loss loss, Dice& dice) const;

 private:
  void touch(std::uint64_t offset, std::uint64_t length);
};

}  // namespace tillwatch::sim
