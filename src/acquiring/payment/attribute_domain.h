// What values an attribute can have at all: its words where it has a vocabulary, its span where it is a
// number. Called by the door, which refuses everything else, and by the policy review, which finds conditions
// that no entry can meet. Constant tables.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "payment/attribute.h"

namespace tillwatch::payment {

// Empty where any text is allowed.
std::span<const std::string_view> words_of(AttributeId id);

struct Span {
  std::int64_t min;
  std::int64_t max;
  std::string_view words;  // for messages
};
// Nothing where any int64 is allowed.
std::optional<Span> span_of(AttributeId id);

}  // namespace tillwatch::payment
