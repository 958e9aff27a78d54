// Equality and order of values as the language defines them: numbers compare by value over int, uint and
// double, other kinds never equal each other, maps are equal by keys. Called by operators, libraries and both
// evaluators.
#pragma once

#include <compare>
#include <optional>
#include <span>

#include "cel/run.h"
#include "cel/value.h"

namespace tillwatch::cel {

// Exact over all three kinds of number; unordered with NaN.
std::partial_ordering compare_numbers(const Value& a, const Value& b);
// Order of two values that have one: bool, number, string, bytes, timestamp, duration; nullopt for other
// pairs.
std::optional<std::partial_ordering> compare(const Value& a, const Value& b);
// A boolean, or an error where the budget or the nesting bound is passed.
Value equality(Run& run, const Value& a, const Value& b);

// Keys: bool, int, uint and string, in that order; numbers by value, so that 1 and 1u are the same key.
bool is_key(const Value& value);
// The entry of that key, or null. A double finds the whole number it equals; any other kind finds nothing.
const MapEntry* find_key(const Value& map, const Value& key);
// Sorts the entries in place and makes the map; an error where a key is no key or is there twice.
Value build_map(Run& run, std::span<MapEntry> entries);

}  // namespace tillwatch::cel
