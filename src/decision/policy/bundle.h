// A policy that is ready to run: names resolved to slots, expressions compiled, features with their identity.
// Built once by load(); immutable and shared by reference afterwards. Called by the engine, `tillwatch
// policy` and the API. Never holds state of the world: that is the engine's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cel/program.h"
#include "cel/rule_set.h"
#include "core/error.h"
#include "payment/attribute.h"
#include "policy/model.h"
#include "policy/source.h"

namespace tillwatch::policy {

// What a slot number means to the activation. Slots below payment::attribute_slot_count are attributes.
struct SlotInfo {
  enum class Kind : std::uint8_t {
    attribute,   // index = payment::AttributeId
    own,         // index into Model::attributes (an extra of the entry)
    registered,  // index into Model::registered
    parameter,   // index into Bundle::parameters
    feature,     // index into Bundle::features
    derived,     // index into Bundle::derived
    listed,      // index into Model::lists
    time,        // index: 0 event_time, 1 admitted_at, 2 local.hour, 3 local.weekday, 4 local.day
  };
  Kind kind = Kind::attribute;
  std::uint32_t index = 0;
  std::string name;
  ScalarType type = ScalarType::integer;
  std::string unit;
};

using FeatureIdentity = std::array<unsigned char, 16>;

struct CompiledFeature {
  FeatureIdentity identity{};  // of the definition, not of the name: a renamed feature keeps its state
  std::vector<payment::AttributeId> key;
  std::int32_t filter = -1;                     // index into Bundle::filters; -1: none
  std::int32_t value = -1;                      // index into Bundle::values; -1: none
  ScalarType value_type = ScalarType::integer;  // of the value expression
  ScalarType type = ScalarType::integer;        // of the feature
};

struct CompiledRule {
  std::shared_ptr<const cel::Program> when;  // alone: its cost; the engine asks Bundle::conditions()
  std::vector<std::uint32_t> reads;  // slots, each once, as first read; those of its derived values included
};

struct CompiledDerived {
  std::shared_ptr<const cel::Program> value;
  ScalarType type = ScalarType::integer;
  std::vector<std::uint32_t> reads;
};

struct CompiledParameter {
  std::string name;
  std::vector<ParameterDefinition> dated;  // by effective_from
};

// An expression about the source entry: a filter (bool) or a value (int, bool or string).
struct SourceProgram {
  std::shared_ptr<const cel::Program> program;
  std::uint32_t kinds = 0;  // entry kinds for which some feature needs it
};

class Bundle {
 public:
  // Reads, checks and compiles. On failure `faults` says everything that is wrong, in file order.
  static std::shared_ptr<const Bundle> load(std::vector<SourceFile> files, Faults& faults);
  // From the canonical bytes (bundle store). Errors: corrupt; invalid with the first fault.
  static core::Result<std::shared_ptr<const Bundle>> restore(std::string_view packed);

  const Model& model() const { return model_; }
  const BundleHash& hash() const { return hash_; }
  const core::Bytes& packed() const { return packed_; }

  // Slot numbers from first_slot on; slots()[n - first_slot] says what slot n is.
  static constexpr std::uint32_t first_slot = static_cast<std::uint32_t>(payment::attribute_slot_count);
  const std::vector<SlotInfo>& slots() const { return slots_; }
  // Name, type and unit of any slot, attributes included.
  SlotInfo slot(std::uint32_t number) const;
  // The slot of a name, or -1.
  std::int64_t find_slot(std::string_view name) const;
  std::uint32_t slot_of_feature(std::size_t index) const { return feature_slots_[index]; }

  const std::vector<CompiledFeature>& features() const { return features_; }
  const std::vector<CompiledDerived>& derived() const { return derived_; }
  const std::vector<CompiledRule>& rules() const { return rules_; }
  // The conditions of rules(), with the same numbers.
  const cel::RuleSet& conditions() const { return conditions_; }
  const std::vector<CompiledParameter>& parameters() const { return parameters_; }
  const std::vector<SourceProgram>& filters() const { return filters_; }
  const std::vector<SourceProgram>& values() const { return values_; }
  const std::vector<payment::AttributeId>& list_attributes() const { return list_attributes_; }
  // The pieces of a wording: text and slot alternately ("used ", slot, " times").
  struct WordingPiece {
    std::string text;
    std::int64_t slot = -1;  // read after the text; -1: none
  };
  const std::vector<WordingPiece>& wording(std::size_t rule, bool chinese) const {
    return chinese ? wording_zh_[rule] : wording_en_[rule];
  }

 private:
  friend class Compiler;
  Model model_;
  core::Bytes packed_;
  BundleHash hash_{};
  std::vector<SlotInfo> slots_;
  std::vector<std::uint32_t> feature_slots_;
  std::vector<CompiledFeature> features_;
  std::vector<CompiledDerived> derived_;
  std::vector<CompiledRule> rules_;
  cel::RuleSet conditions_;
  std::vector<CompiledParameter> parameters_;
  std::vector<SourceProgram> filters_;
  std::vector<SourceProgram> values_;
  std::vector<payment::AttributeId> list_attributes_;
  std::vector<std::vector<WordingPiece>> wording_en_, wording_zh_;
};

}  // namespace tillwatch::policy
