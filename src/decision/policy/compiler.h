// From the model to a bundle: resolves names, compiles expressions, computes identities, prepares wordings.
// Called by Bundle::load only. Finds every fault it can in one run.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cel/environment.h"
#include "cel/program.h"
#include "policy/bundle.h"
#include "policy/names.h"

namespace tillwatch::policy {

class Compiler {
 public:
  Compiler(Model model, core::Bytes packed, Faults& faults);
  // The bundle, of use only where no fault was added.
  std::shared_ptr<const Bundle> run();

 private:
  void group_parameters();
  void check_unique();
  void compile_features();
  void compile_feature(std::uint32_t index);
  void resolve_key(const FeatureDefinition& definition, CompiledFeature& feature);
  void compile_value(const FeatureDefinition& definition, const cel::Environment& environment,
                     CompiledFeature& feature);
  void compile_lists();
  void compile_derived();
  void compile_rules();
  void prepare_wordings();
  std::vector<Bundle::WordingPiece> pieces_of(const RuleDefinition& rule, const std::string& text);
  // Compiles; adds faults at their places in the file. Null on failure.
  std::shared_ptr<const cel::Program> compile(const Expression& expression,
                                              const cel::Environment& environment, const cel::Type* wanted);
  // The next rule's condition, compiled together with those of all rules, and what it reads. Null on failure.
  std::shared_ptr<const cel::Program> compile_condition(const RuleDefinition& rule,
                                                        const cel::Environment& environment,
                                                        std::vector<std::uint32_t>& reads);
  void add_faults(const Expression& expression, const cel::Faults& faults);
  // Index of the same expression about the source entry in `programs`, added where it is new; -1 on failure.
  std::int32_t source_program(std::vector<SourceProgram>& programs, const Expression& expression,
                              const cel::Environment& environment, const cel::Type* wanted,
                              std::uint32_t kinds);
  void compute_identity(const FeatureDefinition& definition, CompiledFeature& feature) const;
  std::string definition_text(const Expression& expression) const;
  // Slots of the program and of the derived values it reads, each once.
  std::vector<std::uint32_t> reads_of(const cel::Program& program) const;
  ScalarType scalar_of(const cel::Type& type, const Place& place, std::string_view what);

  Faults& faults_;
  Names names_;
  std::unique_ptr<Bundle> bundle_;
  std::map<std::string, std::int32_t> known_programs_;  // "f:" or "v:" + source
};

}  // namespace tillwatch::policy
