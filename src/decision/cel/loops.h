// One running macro of the flat program: where it stands in its range and what it has gathered. Called by the
// evaluator.
#pragma once

#include <cstdint>

#include "cel/run.h"
#include "cel/syntax.h"
#include "cel/value.h"

namespace tillwatch::cel {

class Loop {
 public:
  // Starts over a list or a map; `locals` points at its first variable. An error value where memory is short,
  // else absent.
  Value begin(Run& run, Macro macro, bool two_variables, const Value& range, Value* locals);
  // Puts the next item into the variables; false at the end.
  bool next();
  // Takes the condition that chooses items: true where the item is wanted. A failure is kept.
  bool choose(Run& run, const Value& condition);
  // Takes the item's result; false where the answer is settled and the rest need not be looked at.
  bool step(Run& run, const Value& result);
  // The macro's value.
  Value end(Run& run);

 private:
  bool step_predicate(Run& run, const Value& result);
  bool step_one(Run& run, const Value& result);
  bool step_entries(Run& run, const Value& result);
  bool keep_failure(Run& run, const Value& failure);
  bool room_for_entries(Run& run, std::uint32_t more);

  Macro macro_;
  bool two_variables_;
  Value range_;
  std::uint32_t next_;
  std::uint32_t made_;      // items or entries gathered, or items found
  std::uint32_t capacity_;  // of entries_
  Value answer_;            // of all and exists; a failure of the others, else absent
  Value* locals_;
  Value* items_;
  MapEntry* entries_;
};

}  // namespace tillwatch::cel
