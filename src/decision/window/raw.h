// Unaligned numbers in the bytes of a slot. Called by block and record; a memcpy that compilers turn into one
// move. Never checks bounds: the callers know their slots.
#pragma once

#include <cstddef>
#include <cstring>

namespace tillwatch::window {

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace tillwatch::window
