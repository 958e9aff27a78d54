// Strong types over integers: a Sequence is not a CardId. Called by every module that names a thing by
// number.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace tillwatch::core {

template <class Tag, class T>
struct Strong {
  T value{};
  constexpr Strong() = default;
  constexpr explicit Strong(T v) : value(v) {}
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

// The position of an entry in the journal: 1, 2, 3, ... without gaps; 0 means "none".
using Sequence = Strong<struct SequenceTag, std::uint64_t>;

}  // namespace tillwatch::core

template <class Tag, class T>
struct std::hash<tillwatch::core::Strong<Tag, T>> {
  std::size_t operator()(const tillwatch::core::Strong<Tag, T>& id) const noexcept {
    return std::hash<T>{}(id.value);
  }
};
