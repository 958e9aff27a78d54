// A compiled expression, and how to get and run one. Called by the policy loader, the engine and the command
// line. A program is constant after compile(): any number of evaluations may use it, each with its own arena.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cel/arena.h"
#include "cel/bounds.h"
#include "cel/environment.h"
#include "cel/fault.h"
#include "cel/run.h"
#include "cel/type.h"
#include "cel/value.h"

namespace tillwatch::cel {

struct Code;
struct Tree;

class Program {
 public:
  explicit Program(std::unique_ptr<const Code> code);
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  // dyn where the types were not checked.
  const Type& type() const;
  // The slots of the variables it may read, sorted, none twice.
  std::span<const std::uint32_t> slots_read() const;
  // Instructions of the worst case; a list of unknown length counts as 100 items.
  std::uint64_t cost() const;
  // Values on the stack at once.
  std::uint32_t max_stack() const;
  // One instruction a line, for --explain.
  std::string disassemble() const;
  const Code& code() const { return *code_; }

 private:
  std::unique_ptr<const Code> code_;
};

struct CompileOptions {
  std::optional<Type> expected;  // of the whole expression; not looked at where `unchecked`
  bool unchecked = false;        // parse and compile only: type mistakes become errors of the evaluation
  Bounds bounds;
};

// Every fault of the source at once, in the order of their places.
std::expected<Program, Faults> compile(std::string_view source, const Environment& environment,
                                       const CompileOptions& options = {});
// The tree before compilation, checked as compile() does it; for the tree evaluator and for those who split
// conditions.
std::expected<Tree, Faults> analyze(std::string_view source, const Environment& environment,
                                    const CompileOptions& options = {});
// One part of an analysed tree (without free macro variables) as a program of its own.
std::expected<Program, Faults> compile_part(const Tree& tree, std::uint32_t root, std::string_view source,
                                            const Environment& environment,
                                            const CompileOptions& options = {});

// Runs the program. The answer is a value, an error or an unknown (never absent); it may point into the
// arena, into the program and into what the activation handed out. Never throws, never blocks; takes memory
// from the arena only (but for regular expressions that the expression itself puts together).
Value evaluate(const Program& program, Activation& activation, Arena& arena, Zones* zones = nullptr);
// The same where the variables lie in an array indexed by slot; a slot past its end is absent.
Value evaluate(const Program& program, std::span<const Value> slots, Arena& arena);

}  // namespace tillwatch::cel
