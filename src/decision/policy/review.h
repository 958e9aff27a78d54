// A second look at a policy that compiles: units, impossible conditions, what nobody uses, translations,
// currencies, dates, memory. Called by `tillwatch policy check` and by whoever takes a policy in from
// outside; never when a stored bundle is read again: what once was in force must stay readable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "policy/bundle.h"
#include "policy/expression_review.h"

namespace tillwatch::policy {

// Errors and warnings, in the order of their places. `now`: for parameters that have run out; nothing: the
// dates are not compared with any day.
Faults review(const Bundle& bundle, std::optional<core::TimeMs> now = std::nullopt);

// What every slot of the bundle means, by its number less Bundle::first_slot, and of the attributes.
class Meanings {
 public:
  // Adds the faults of the features' and derived values' own expressions. The bundle outlives this.
  Meanings(const Bundle& bundle, Faults& faults);
  const Operand& operand(std::uint32_t slot) const { return operands_[slot]; }
  // Reviews one more expression, which may read every value of the policy.
  Meaning review(const Expression& expression, Faults& faults) const;

 private:
  void learn_attributes();
  void learn_parameters();
  void learn_features(Faults& faults);
  void learn_derived(Faults& faults);
  Operand& of(std::uint32_t slot) { return operands_[slot]; }

  const Bundle& bundle_;
  cel::Environment environment_;
  std::vector<Operand> operands_;
};

// The most that the windows of one key can hold, and of all keys together, by the stated caps. Upper bounds:
// features of one key share their entries.
struct MemoryBound {
  struct Key {
    std::vector<std::string> attributes;
    std::uint64_t entries = 0;  // kept one by one
    std::uint64_t bytes = 0;
  };
  std::vector<Key> keys;
  std::uint64_t keys_max = 0;     // of the store
  std::uint64_t entries_max = 0;  // of the store
  std::uint64_t bytes_max = 0;
};
MemoryBound memory_bound(const Bundle& bundle);

}  // namespace tillwatch::policy
