// Any bytes as an expression: faults or a program, never a crash or a hang; what compiles is evaluated within
// its bounds, checked and unchecked, and the flat program agrees with the tree evaluator.
#include <cstddef>
#include <cstdint>
#include <string>

#include "cel/program.h"
#include "cel/random_expression.h"
#include "cel/syntax.h"
#include "cel/tree_evaluator.h"
#include "cel/value_text.h"
#include "core/check.h"

namespace {
using namespace tillwatch::cel;

// A limit may be met by one evaluator and not by the other: they do not count alike.
bool is_limit(const Value& value) {
  return value.is_error() && value.failure->kind == ErrorKind::limit;
}

// What every input needs and none changes: made once, or the sanitizer spends its time on the arenas.
struct Desk {
  Environment environment = test_environment();
  Arena flat_arena{256 * 1024};
  Arena tree_arena{4 * 1024 * 1024};
};

void run(const std::string& source, Desk& desk, bool unchecked) {
  const Environment& environment = desk.environment;
  CompileOptions options;
  options.unchecked = unchecked;
  options.bounds.instructions_max = 20'000;
  options.bounds.list_items_max = 1000;
  const auto tree = analyze(source, environment, options);
  if (!tree) {
    CHECK(!tree.error().empty());
    for (const Fault& fault : tree.error())
      CHECK(fault.line > 0 && fault.column > 0 && !fault.message.empty());
    return;
  }
  const auto program = compile_part(*tree, tree->root, source, environment, options);
  if (!program) return;
  CHECK(!program->disassemble().empty());
  desk.flat_arena.reset();
  desk.tree_arena.reset();
  TestActivation activation(1);
  const Value flat = evaluate(*program, activation, desk.flat_arena);
  CHECK(flat.kind != Kind::absent);
  const Value plain = evaluate_tree(*tree, activation, desk.tree_arena, options.bounds);
  if (is_limit(flat) || is_limit(plain)) return;
  CHECK((flat.is_error() && plain.is_error()) || to_text(flat) == to_text(plain));
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string source(static_cast<const char*>(static_cast<const void*>(data)), size);
  static Desk desk;
  run(source, desk, false);
  run(source, desk, true);
  return 0;
}
