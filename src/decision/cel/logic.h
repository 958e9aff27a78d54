// The algebra of errors and unknowns, the same for every evaluator: what a strict function answers to them,
// how && and || absorb them. Results never depend on the order of the operands, but for which of two errors
// is told (the first).
#pragma once

#include <cstdint>
#include <span>

#include "cel/run.h"
#include "cel/value.h"

namespace tillwatch::cel {

// Both are unknown: the union of their slots.
Value merge_unknowns(Run& run, const Value& a, const Value& b);
// What a strict function answers where some argument is an error (an error stays one, whatever is unknown),
// else an unknown; absent where all are values.
Value failure_of(Run& run, std::span<const Value> arguments);
// Two operands of && (`dominant` false) or || (`dominant` true): the dominant value absorbs everything; then
// an unknown outweighs an error, because knowing it could absorb the error.
Value combine(Run& run, const Value& a, const Value& b, bool dominant);
// Collects failures over the items of a macro that builds something: an error outweighs an unknown.
Value merge_failures(Run& run, const Value& a, const Value& b);
// What reading this slot's value gives: absent becomes an error with the name, unknown names its slot.
Value loaded(Run& run, const Value& value, std::uint32_t slot, std::string_view name);
// has() of a variable.
Value presence(const Value& value, std::uint32_t slot);
// The slots of an unknown, sorted.
std::span<const std::uint32_t> slots_of(const Value& unknown, std::uint32_t& single);

}  // namespace tillwatch::cel
