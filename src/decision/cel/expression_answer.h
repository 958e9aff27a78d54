// One expression, its answer as a text: what the table-driven tests are written in. Test code only.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cel/program.h"
#include "cel/value_text.h"

namespace tillwatch::cel {

struct Expected {
  std::string_view source;
  std::string_view answer;
};

// The value as source text, "error: message", "unknown", or the faults one a line.
inline std::string answer_of(std::string_view source, const Environment& environment,
                             std::span<const Value> slots, const CompileOptions& options = {},
                             std::size_t arena_bytes = 1 << 20) {
  const auto program = compile(source, environment, options);
  if (!program) {
    std::string text;
    for (const Fault& fault : program.error()) text += (text.empty() ? "" : "\n") + fault.to_string();
    return text;
  }
  Arena arena(arena_bytes);
  const Value value = evaluate(*program, slots, arena);
  if (value.is_error()) return "error: " + std::string(value.failure->message);
  return to_text(value);
}
inline std::string answer_of(std::string_view source) {
  return answer_of(source, Environment::standard(), {});
}
inline std::string unchecked_answer_of(std::string_view source) {
  CompileOptions options;
  options.unchecked = true;
  return answer_of(source, Environment::standard(), {}, options);
}

}  // namespace tillwatch::cel
