// The names a policy's expressions may use, with their slots: built-in attributes, a site's own, registered
// facts, parameters, features, derived values, lists, times. Called by compiler.cpp only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cel/environment.h"
#include "policy/bundle.h"
#include "policy/model.h"

namespace tillwatch::policy {

// Declares in stages, because what a filter may name is less than what a rule may name.
class Names {
 public:
  explicit Names(Faults& faults) : faults_(faults) {}

  // Attributes, own attributes, parameters, times: what an expression about the source entry may use.
  void declare_source_names(const Model& model, const std::vector<CompiledParameter>& parameters);
  // Registered facts, lists: what is about the deciding entry.
  void declare_deciding_names(const Model& model);
  // One feature or derived value.
  std::uint32_t declare_value(SlotInfo::Kind kind, std::uint32_t index, const std::string& name,
                              ScalarType type, const std::string& unit, const Place& place);

  cel::Environment environment() const;
  std::vector<SlotInfo> take_slots() { return std::move(slots_); }
  const std::vector<SlotInfo>& slots() const { return slots_; }

 private:
  struct Declared {
    std::string name;
    cel::Type type;
    std::uint32_t slot = 0;
    std::string unit;
  };
  std::uint32_t add(SlotInfo slot);
  // "a.b" is field b of record a; "b" is a plain variable.
  void declare(const std::string& name, cel::Type type, std::uint32_t slot, const std::string& unit,
               const Place& place);

  Faults& faults_;
  std::vector<SlotInfo> slots_;
  std::vector<Declared> declared_;
};

cel::Type cel_type(ScalarType type);

}  // namespace tillwatch::policy
