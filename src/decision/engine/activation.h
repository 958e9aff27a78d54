// Where expressions get their values from while one entry is being decided: attributes, registered facts,
// parameters, features, derived values, lists, times. Values of features, derived values and registered facts
// are computed once per entry, when first asked for. Called by the step and by explanations; owned by the
// engine, one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "cel/arena.h"
#include "cel/program.h"
#include "cel/run.h"
#include "engine/facts.h"
#include "engine/generation.h"
#include "payment/entry.h"
#include "policy/bundle.h"

namespace tillwatch::engine {

// Attributes, own attributes, parameters and times: all that a filter or a value of a feature may name.
class SourceActivation : public cel::Activation {
 public:
  // The bundle outlives this.
  explicit SourceActivation(const policy::Bundle& bundle) : bundle_(bundle) {}
  // The entry outlives the next loads.
  void begin(const payment::EntryView& entry) { entry_ = &entry; }
  cel::Value load(std::uint32_t slot) override;

 protected:
  cel::Value load_parameter(std::uint32_t index) const;
  cel::Value load_time(std::uint32_t index) const;
  const policy::Bundle& bundle_;
  const payment::EntryView* entry_ = nullptr;
};

class DecidingActivation final : public SourceActivation {
 public:
  // `homes`: per feature of the bundle, where its state is. All outlive this.
  DecidingActivation(const policy::Bundle& bundle, const Facts& facts,
                     std::vector<std::unique_ptr<Generation>>& generations,
                     const std::vector<FeatureHome>& homes, cel::Arena& arena);

  // Names the entry that is decided; forgets all cached values.
  void begin(const payment::EntryView& entry, std::uint64_t window_sequence);
  cel::Value load(std::uint32_t slot) override;
  // The value with its window and coverage, for explanations.
  Reading reading(std::uint32_t slot);
  bool is_absent(std::uint32_t slot) { return load(slot).is(cel::Kind::absent); }

 private:
  struct FeatureCell {
    bool known = false;
    cel::Value value;
    window::FeatureValue window;
  };
  struct DerivedCell {
    bool known = false;
    cel::Value value;
  };
  // The registered facts that the policy names of one kind of subject; read together when one is asked for.
  struct RegisteredSubject {
    std::string_view entity;
    payment::AttributeId id;           // of the entry, which names the subject
    std::vector<std::uint32_t> facts;  // indexes into Model::registered, by name
    bool known = false;
  };
  const FeatureCell& feature(std::uint32_t index);
  cel::Value load_registered(std::uint32_t index);
  void read_subject(RegisteredSubject& subject);
  cel::Value kept(const cel::Value& value);
  cel::Value load_listed(std::uint32_t index) const;

  const Facts& facts_;
  std::vector<std::unique_ptr<Generation>>& generations_;
  const std::vector<FeatureHome>& homes_;
  cel::Arena& arena_;
  std::uint64_t window_sequence_ = 0;
  std::vector<FeatureCell> features_;
  std::vector<DerivedCell> derived_;
  std::vector<RegisteredSubject> subjects_;
  std::vector<std::uint32_t> subject_of_;  // of each of Model::registered, an index into subjects_
  std::vector<cel::Value> registered_;     // of each of Model::registered, where its subject is known
};

// The language's view of an attribute's value.
cel::Value to_cel(const payment::Value& value);

}  // namespace tillwatch::engine
