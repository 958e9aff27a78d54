// Predicates that depend on one variable and constants only, in a form from which a table can be made.
// Called by RuleSet and SlotTables.
#pragma once

#include <cstdint>
#include <vector>

#include "cel/program.h"
#include "cel/value.h"

namespace tillwatch::cel {

struct QuickPredicate {
  enum class Form : std::uint8_t {
    none,      // needs its program
    constant,  // always `truth`
    relation,  // the order of the variable to the one constant is in the set `orders` (cel/code.h)
    member,    // the variable equals one of the constants
    presence,  // has() of the variable
  };
  Form form = Form::none;
  bool truth = false;
  std::uint8_t orders = 0;
  std::uint32_t slot = 0;
  Kind kind = Kind::absent;      // of all constants; absent for presence
  std::vector<Value> constants;  // they live in the program
};

// What the program computes, Form::none where it is none of these. The program must outlive the answer.
QuickPredicate quick_predicate(const Program& program);

// Texts longer than this are left to the program, which takes account of the work of comparing them.
inline constexpr std::uint32_t quick_text_bytes_max = 64;

}  // namespace tillwatch::cel
