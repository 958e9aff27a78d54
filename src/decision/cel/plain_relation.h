// The order of two values of the same plain kind, in place. Called by the evaluator and by RuleSet.
#pragma once

#include <cstdint>

#include "cel/value.h"

namespace tillwatch::cel {

// 0 or 1, whether their order is in the set `orders` (cel/code.h), where both are whole numbers, doubles or
// short texts; else 2: a library decides.
inline unsigned plain_relation(const Value& a, const Value& b, unsigned orders) {
  if (a.kind != b.kind) return 2;
  if (a.kind == Kind::integer) {
    const unsigned order = static_cast<unsigned>(a.i >= b.i) + static_cast<unsigned>(a.i > b.i);
    return (orders >> order) & 1u;
  }
  if (a.kind == Kind::real) {
    const unsigned order = a.d < b.d ? 0 : a.d == b.d ? 1 : a.d > b.d ? 2 : 3;
    return (orders >> order) & 1u;
  }
  constexpr std::uint32_t short_text = 64;
  if (a.kind == Kind::text && a.size <= short_text && b.size <= short_text) {
    const int compared = a.view().compare(b.view());
    return (orders >> (compared < 0 ? 0u : compared == 0 ? 1u : 2u)) & 1u;
  }
  return 2;
}

}  // namespace tillwatch::cel
