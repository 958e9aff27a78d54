// Open addressing, at most half full; see tally.h.
#include "window/tally.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace tillwatch::window {

void Tally::begin(std::size_t values) {
  const std::size_t wanted = std::bit_ceil(std::max<std::size_t>(16, values * 2));
  if (wanted > slots_.size()) {
    slots_.assign(wanted, Slot{});
    epoch_ = 0;
  }
  if (++epoch_ == 0) {
    std::fill(slots_.begin(), slots_.end(), Slot{});
    epoch_ = 1;
  }
  // A small window uses the front of a large table: fewer lines are touched.
  shift_ = static_cast<unsigned>(64 - std::countr_zero(wanted));
  size_ = 0;
  weights_.clear();
}

Tally::Slot& Tally::find(std::uint64_t value) {
  const std::size_t mask = (std::size_t{1} << (64 - shift_)) - 1;
  // The salt is secret, so that values cannot be chosen to fall together.
  std::size_t at = static_cast<std::size_t>(((value ^ (value >> 32) ^ salt_) * (salt_ | 1)) >> shift_);
  Slot* slots = slots_.data();
  while (slots[at].epoch == epoch_ && slots[at].value != value) at = (at + 1) & mask;
  return slots[at];
}

bool Tally::add(std::uint64_t value) {
  Slot& slot = find(value);
  if (slot.epoch == epoch_) return false;
  slot = Slot{value, epoch_, 0};
  ++size_;
  return true;
}

void Tally::add(std::uint64_t value, std::int64_t weight) {
  Slot& slot = find(value);
  if (slot.epoch != epoch_) {
    slot = Slot{value, epoch_, static_cast<std::uint32_t>(weights_.size())};
    weights_.push_back(0);
    ++size_;
  }
  weights_[slot.place] += weight;
}

Int128 Tally::heaviest(std::size_t k) {
  const std::size_t taken = std::min(k, weights_.size());
  const auto end = weights_.begin() + static_cast<std::ptrdiff_t>(taken);
  std::partial_sort(weights_.begin(), end, weights_.end(), std::greater<>());
  Int128 sum = 0;
  for (auto at = weights_.begin(); at != end; ++at) sum += *at;
  return sum;
}

}  // namespace tillwatch::window
