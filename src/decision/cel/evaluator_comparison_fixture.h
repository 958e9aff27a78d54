// One random expression through both evaluators: what the unit test runs some ten thousand times and
// tests/conformance/two_evaluators ten million times. Test code only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cel/program.h"
#include "cel/syntax.h"
#include "cel/tree_evaluator.h"
#include "cel/typed_expression_fixture.h"
#include "cel/value_text.h"

namespace tillwatch::cel {

class EvaluatorComparison {
 public:
  struct Tally {
    std::uint64_t values = 0;
    std::uint64_t errors = 0;
    std::uint64_t unknowns = 0;
    std::uint64_t limits = 0;  // one of the two reached a bound: they do not count alike, nothing is compared
    std::uint64_t unchecked = 0;  // of all, compiled without checking
    std::uint64_t octets = 0;     // of all sources
    std::map<Kind, std::uint64_t> kinds;
  };

  // Empty where both agree; else what differs, with the source.
  std::string compare(std::uint64_t seed) {
    const bool loose = seed % 4 == 0;
    const std::string source = TypedExpressionMaker(seed, forms_, loose).any();
    CompileOptions options;
    options.unchecked = loose;
    const auto told = [&](const std::string& what) {
      return "seed " + std::to_string(seed) + (loose ? " (unchecked)" : "") + ": " + what + "\n" + source;
    };
    tally_.unchecked += loose ? 1u : 0u;
    tally_.octets += source.size();
    const auto tree = analyze(source, environment_, options);
    if (!tree) return told(tree.error()[0].to_string());
    const auto program = compile_part(*tree, tree->root, source, environment_, options);
    if (!program) return told(program.error()[0].to_string());
    WorldActivation activation(seed);
    flat_arena_.reset();
    tree_arena_.reset();
    const Value flat = evaluate(*program, activation, flat_arena_);
    const Value plain = evaluate_tree(*tree, activation, tree_arena_);
    if (is_limit(flat) || is_limit(plain)) {
      ++tally_.limits;
      return {};
    }
    const std::string answer = comparable(flat);
    if (answer != comparable(plain))
      return told(to_text(flat) + " and " + to_text(plain) + "\n" + program->disassemble());
    if (!loose && is_static(source) && !has_type(flat, program->type()))
      return told(to_text(flat) + " is no " + program->type().to_string());
    count(flat);
    array_arena_.reset();
    const Value array = evaluate(*program, activation.values(), array_arena_);
    return to_text(array) == to_text(flat) ? "" : told("from an array: " + to_text(array));
  }
  const Tally& tally() const { return tally_; }

 private:
  static bool is_limit(const Value& value) {
    return value.is_error() && value.failure->kind == ErrorKind::limit;
  }
  // Of errors only their being errors is compared: which of several is told may differ.
  static std::string comparable(const Value& value) { return value.is_error() ? "error" : to_text(value); }

  // Where nothing is dyn, the checker's word holds: the value has the deduced type.
  static bool is_static(std::string_view source) {
    for (const std::string_view word : {"dyn(", "any_", "mixed"})
      if (source.find(word) != std::string_view::npos) return false;
    return true;
  }
  static bool has_type(const Value& value, const Type& type) {
    if (!value.is_value() || type.is_dyn()) return true;
    if (value.kind == Kind::null)
      return type.is(TypeKind::null) || type.is(TypeKind::timestamp) || type.is(TypeKind::duration) ||
             type.is(TypeKind::optional);
    if (type_name(value) != runtime_name(type)) return false;
    if (value.kind == Kind::optional) return !value.has_content() || has_type(*value.items, type.argument(0));
    for (std::uint32_t i = 0; value.kind == Kind::list && i < value.size; ++i)
      if (!has_type(value.items[i], type.argument(0))) return false;
    for (std::uint32_t i = 0; value.kind == Kind::map && i < value.size; ++i)
      if (!has_type(value.entries[i].key, type.argument(0)) ||
          !has_type(value.entries[i].value, type.argument(1)))
        return false;
    return true;
  }
  void count(const Value& value) {
    tally_.values += value.is_value() ? 1u : 0u;
    tally_.errors += value.is_error() ? 1u : 0u;
    tally_.unknowns += value.is_unknown() ? 1u : 0u;
    ++tally_.kinds[value.kind];
  }

  std::vector<CallForm> forms_ = call_forms();
  Environment environment_ = world_environment();
  Arena flat_arena_{4 << 20};
  Arena array_arena_{4 << 20};
  Arena tree_arena_{16 << 20};
  Tally tally_;
};

}  // namespace tillwatch::cel
