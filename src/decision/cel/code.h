// The flat program: instructions over a stack of values, with macro variables and loops beside it.
// Written by the compiler, run by the evaluator, printed by the disassembler. Nobody else looks inside.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "cel/bounds.h"
#include "cel/library.h"
#include "cel/regex.h"
#include "cel/syntax.h"
#include "cel/type.h"
#include "cel/value_store.h"

namespace tillwatch::cel {

enum class Op : std::uint8_t {
  constant,       // push constants[a]
  load_slot,      // push the variable in slots[a]
  load_local,     // push local a
  has_slot,       // push whether the variable in slots[a] is there
  unbound,        // push the error that texts[a] says
  call,           // pop `count` arguments, push functions[a]
  arithmetic,     // `sub` says which; pop two, push; functions[a] where they are not both int or both double
  relation,       // pop two, push whether their order is in the set `sub` (see order_less)
  relation_slot,  // the same with the variable slots[a] and constants[b]
  negation,       // pop one, push its logical not; functions[a] where it is no bool
  and_jump,       // where the top is false, go to c
  or_jump,        // where the top is true, go to c
  and_merge,      // pop two, push a && b; where it is false and c is not 0, go to c
  or_merge,       // pop two, push a || b; where it is true and c is not 0, go to c
  relation_and,   // relation_slot, then go to c where the answer is false
  relation_or,    // relation_slot, then go to c where it is true
  choose,         // pop a condition: true goes on, false goes to b, a failure stays and goes to c
  jump,           // go to c
  index,          // pop container and key, push the item; `sub` 1: optionally
  select,         // pop an operand, push its field texts[a]; `sub` 1: optionally, 2: has()
  list,           // pop `a` items, push a list; marks[b] says which are optional, none where b is 0
  map,            // pop `a` entries, push a map; marks as above
  matches,        // pop a text, push whether regexes[a] is in it; functions[b] where it is no text
  in_set,  // pop a value, push whether it is in the sorted constants[a]; constants[b] is the list as written
  store_local,    // pop into local a
  optional_in,    // pop an optional: its value into local a; none or a failure is pushed back and goes to c
  optional_out,   // the top becomes optional.of(top)
  or_else,        // optional on top: with a value, keep it (`sub` 1: its value) and go to c; none is popped
  want_optional,  // the top becomes an error unless it is an optional or a failure
  loop_begin,     // pop a range, start loop b with variables from local a; a failure stays and goes to c
  loop_next,      // loop b: next item into its variables, or go to c; spends `a` units
  loop_filter,    // loop b: pop a condition; false goes to c
  loop_step,      // loop b: pop the item's result; go to a for the next, to c where the answer is settled
  loop_end,       // push the result of loop b
  finish,         // the top is the result
};

// A relation is the set of orders for which it is true; unordered is an order of its own (NaN).
inline constexpr std::uint8_t order_less = 1;
inline constexpr std::uint8_t order_equal = 2;
inline constexpr std::uint8_t order_greater = 4;
inline constexpr std::uint8_t order_none = 8;
enum class Arithmetic : std::uint8_t { add, subtract, multiply };

struct Instruction {
  Op op = Op::finish;
  std::uint8_t sub = 0;
  std::uint16_t count = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
};

struct Slot {
  std::uint32_t number = 0;
  std::string name;
};

struct Code {
  std::vector<Instruction> instructions;
  std::vector<std::uint32_t> places;  // of each instruction, in the source
  std::vector<Value> constants;
  std::vector<std::string> texts;
  std::vector<const Function*> functions;
  std::array<const Function*, 16>
      relations{};  // by the set of orders: what decides where the operands are not plain
  std::vector<Slot> slots;
  std::vector<Regex> regexes;
  std::vector<std::vector<bool>> marks = std::vector<std::vector<bool>>(1);
  ValueStore store;
  Type type;
  std::vector<std::uint32_t> slot_numbers;  // sorted, none twice
  std::uint32_t stack_max = 0;
  std::uint32_t locals = 0;
  std::uint32_t loops = 0;
  std::uint64_t cost = 0;
  Bounds bounds;
};

}  // namespace tillwatch::cel
