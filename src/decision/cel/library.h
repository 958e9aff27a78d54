// The form of a library: constant tables of functions with their signatures, one line of explanation, and
// their code. Called by environment, checker, compiler and the reference page. Tables are constant: nothing
// registers itself.
#pragma once

#include <span>
#include <string_view>

#include "cel/run.h"
#include "cel/value.h"

namespace tillwatch::cel {

// One way to call a function, in the notation of parse_type(): parameters joined by ", " and a result.
// The receiver of a member function is the first parameter. A single "..." accepts any number of arguments of
// any type (the function then checks them itself).
struct Signature {
  std::string_view parameters;
  std::string_view result;
};

// Computes from values only: no argument is absent, unknown or an error (the evaluator deals with those
// first). Arguments may be of any kind and, for a name called without checking, of any number.
using Implementation = Value (*)(Run& run, std::span<const Value> arguments);

struct Function {
  std::string_view name;  // "size", "math.greatest", "_+_"
  bool member;            // called as receiver.name(...)
  std::span<const Signature> signatures;
  Implementation run;
  std::string_view about;        // one line for the reference
  bool asks_activation = false;  // reads more than its arguments: never computed at compile time
};

std::span<const Function> operator_library();
std::span<const Function> standard_library();
std::span<const Function> time_library();
std::span<const Function> strings_library();
std::span<const Function> math_library();
std::span<const Function> optional_library();
std::span<const Function> encoder_library();
std::span<const std::span<const Function>> standard_libraries();

// "no such overload: size(int)": for arguments that no signature takes.
Value no_overload(Run& run, std::string_view name, std::span<const Value> arguments);

}  // namespace tillwatch::cel
