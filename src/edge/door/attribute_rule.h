// What the values of a known attribute must look like beyond their type: closed vocabularies, spans, shapes.
// Called by the door only. Pure; never changes a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "payment/attribute.h"

namespace tillwatch::door {

// A sentence that says what is expected; nullopt where the value fits.
std::optional<std::string> fault_of(payment::AttributeId id, std::string_view text);
std::optional<std::string> fault_of(payment::AttributeId id, std::int64_t number);

// The words of a closed vocabulary separated by ", "; "" where the attribute has none.
std::string vocabulary_of(payment::AttributeId id);

}  // namespace tillwatch::door
