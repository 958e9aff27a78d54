// Many conditions over the same variables: the predicates they share are evaluated once per event, as bits of
// two planes (value, known). Called by the engine. Each answer is the one evaluate() gives for that condition
// alone.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cel/program.h"

namespace tillwatch::cel {

// What one event has told so far about the predicates. Owned by the deciding thread, used for one event at a
// time.
class PredicatePlanes {
 public:
  // Forgets everything: before each event, and whenever the set has grown.
  void begin(std::size_t predicates) { words_.assign((predicates + 63) / 64, Word{}); }

 private:
  friend class RuleSet;
  struct Word {
    std::uint64_t done = 0;   // evaluated for this event
    std::uint64_t known = 0;  // and neither an error nor unknown
    std::uint64_t value = 0;  // and true
  };
  std::vector<Word> words_;
};

class RuleSet {
 public:
  // Adds a condition and gives it the next number, from 0. Faults as of compile() with `bool` expected.
  std::expected<std::uint32_t, Faults> add(std::string_view source, const Environment& environment,
                                           CompileOptions options = {});

  std::size_t size() const { return rules_.size(); }
  // Different predicates over all conditions.
  std::size_t predicates() const { return predicates_.size(); }
  const Program& program(std::uint32_t rule) const { return rules_[rule].whole; }

  // The condition's answer for the event that `planes` was begun for. The arena keeps what an activation puts
  // there: it is not rewound between conditions; reset it before each event.
  Value evaluate(std::uint32_t rule, Activation& activation, Arena& arena, PredicatePlanes& planes) const;
  Value evaluate(std::uint32_t rule, std::span<const Value> slots, Arena& arena,
                 PredicatePlanes& planes) const;

 private:
  // One test of a condition: where to go when the predicate holds and when it does not.
  struct Step {
    std::uint32_t predicate;
    std::uint32_t yes;
    std::uint32_t no;
  };
  struct Rule {
    std::vector<Step> steps;
    Program whole;
  };
  // A whole number compared with a constant is tested in place; everything else runs its program. Small, so
  // that the predicates of a large policy stay near.
  struct Predicate {
    std::int64_t constant = 0;
    std::uint32_t slot = 0;
    std::uint8_t orders = 0;
    bool quick = false;
  };
  class Builder;
  template <class Source>
  Value walk(std::uint32_t rule, Source source, Arena& arena, PredicatePlanes& planes) const;
  template <class Source>
  void test(std::uint32_t predicate, Source source, Arena& arena, PredicatePlanes::Word& word,
            std::uint64_t bit) const;

  std::vector<Predicate> predicates_;
  std::vector<Program> programs_;  // of each predicate
  std::vector<Rule> rules_;
  std::map<std::string, std::uint32_t, std::less<>> by_text_;  // canonical text to predicate
};

}  // namespace tillwatch::cel
