// Different values and their weights, in a table that is emptied by counting an epoch up.
// Called by the aggregates over values. Never gives its content in hash order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "window/wide.h"

namespace tillwatch::window {

class Tally {
 public:
  explicit Tally(std::uint64_t salt) : salt_(salt | 1) {}

  // Empties the table and makes room for up to `values` different values.
  void begin(std::size_t values);
  // True where the value is new.
  bool add(std::uint64_t value);
  // Adds to the value's weight.
  void add(std::uint64_t value, std::int64_t weight);
  std::size_t size() const { return size_; }
  // The sum of the `k` greatest weights.
  Int128 heaviest(std::size_t k);

 private:
  struct Slot {
    std::uint64_t value = 0;
    std::uint32_t epoch = 0;
    std::uint32_t place = 0;  // in weights_
  };
  Slot& find(std::uint64_t value);

  std::uint64_t salt_;
  std::vector<Slot> slots_;
  std::vector<Int128> weights_;
  std::uint32_t epoch_ = 0;
  unsigned shift_ = 64;
  std::size_t size_ = 0;
};

}  // namespace tillwatch::window
