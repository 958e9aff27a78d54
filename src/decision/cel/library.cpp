// What all libraries use, and their list. Called by Environment::standard() and by functions that refuse
// their arguments.
#include "cel/library.h"

#include <array>
#include <string>

namespace tillwatch::cel {

std::span<const std::span<const Function>> standard_libraries() {
  static const std::array<std::span<const Function>, 7> all = {
      operator_library(), standard_library(), time_library(),   strings_library(),
      math_library(),     optional_library(), encoder_library()};
  return all;
}

Value no_overload(Run& run, std::string_view name, std::span<const Value> arguments) {
  std::string text = "no such overload: " + std::string(name) + "(";
  constexpr std::size_t shown_max = 6;
  for (std::size_t i = 0; i < arguments.size() && i < shown_max; ++i)
    text += (i == 0 ? "" : ", ") + std::string(type_name(arguments[i]));
  if (arguments.size() > shown_max) text += ", ...";
  return run.fail(ErrorKind::no_such_overload, text + ")");
}

}  // namespace tillwatch::cel
