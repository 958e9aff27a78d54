// The stages in their order: parse, resolve, check, generate. Called by everyone who compiles an expression.
#include "cel/program.h"

#include "cel/checker.h"
#include "cel/code.h"
#include "cel/compiler.h"
#include "cel/parser.h"
#include "cel/resolver.h"

namespace tillwatch::cel {

Program::Program(std::unique_ptr<const Code> code) : code_(std::move(code)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

const Type& Program::type() const {
  return code_->type;
}
std::span<const std::uint32_t> Program::slots_read() const {
  return code_->slot_numbers;
}
std::uint64_t Program::cost() const {
  return code_->cost;
}
std::uint32_t Program::max_stack() const {
  return code_->stack_max;
}

std::expected<Tree, Faults> analyze(std::string_view source, const Environment& environment,
                                    const CompileOptions& options) {
  FaultList faults(source);
  auto tree = parse(source, options.bounds, faults);
  if (!tree) return std::unexpected(faults.take());
  resolve(*tree, environment, options.unchecked, faults);
  if (!options.unchecked) check(*tree, environment, options.expected, faults);
  if (!faults.empty()) return std::unexpected(faults.take());
  return std::move(*tree);
}

std::expected<Program, Faults> compile_part(const Tree& tree, std::uint32_t root, std::string_view source,
                                            const Environment& environment, const CompileOptions& options) {
  FaultList faults(source);
  auto code = generate(tree, root, environment, options.bounds, !options.unchecked, faults);
  if (!faults.empty()) return std::unexpected(faults.take());
  return Program(std::move(code));
}

std::expected<Program, Faults> compile(std::string_view source, const Environment& environment,
                                       const CompileOptions& options) {
  auto tree = analyze(source, environment, options);
  if (!tree) return std::unexpected(std::move(tree).error());
  return compile_part(*tree, tree->root, source, environment, options);
}

}  // namespace tillwatch::cel
