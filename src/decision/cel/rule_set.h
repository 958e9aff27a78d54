// Many conditions over the same variables: the predicates they share are evaluated once per event. Called by
// the policy compiler and the engine. Each answer is the one evaluate() gives for that condition alone; no
// memory is taken per event but from the arena (docs/decisions/0030).
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cel/gates.h"
#include "cel/lane.h"
#include "cel/program.h"
#include "cel/quick_predicate.h"
#include "cel/slot_tables.h"

namespace tillwatch::cel {

// What one event has told so far about the predicates. Owned by the deciding thread, used for one event and
// one set at a time; keeps its memory.
class PredicatePlanes {
 private:
  friend class RuleSet;
  std::vector<Lane> lanes_;
};

// What the values at hand say about a condition.
enum class Verdict : std::uint8_t {
  is_false,
  is_true,
  absent,  // evaluate() gives the error no_such_attribute
  open,    // only evaluate() can tell
};

class RuleSet {
 public:
  // Adds a condition and gives it the next number, from 0. Faults as of compile() with `bool` expected.
  std::expected<std::uint32_t, Faults> add(std::string_view source, const Environment& environment,
                                           CompileOptions options = {});
  // After the last add(), once, before the first begin(). `at_hand`: whether the value of this slot costs
  // next to nothing; then it is loaded for every event. Others are loaded when a condition depends on them.
  void arrange(const std::function<bool(std::uint32_t slot)>& at_hand);

  std::size_t size() const { return rules_.size(); }
  // Different predicates over all conditions.
  std::size_t predicates() const { return predicates_.size(); }
  // The whole condition as one program: its cost, type and slots, and the oracle of the tests.
  const std::shared_ptr<const Program>& program(std::uint32_t rule) const { return rules_[rule].whole; }

  // Starts an event: tests all predicates on what is at hand and combines them.
  void begin(Activation& activation, PredicatePlanes& planes) const;
  void begin(std::span<const Value> slots, PredicatePlanes& planes) const;
  // What is at hand tells about the condition. Costs next to nothing.
  Verdict verdict(std::uint32_t rule, const PredicatePlanes& planes) const {
    return verdicts[planes.lanes_[roots_[rule]] & (answer_bits | untried_bit | open_bit)];
  }
  // The condition's answer for the event that `planes` was begun for. The arena is not rewound between
  // conditions: reset it before each event.
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
  // The same condition as a tree over predicates; negations have been pushed down to these.
  struct Formula {
    enum class Kind : std::uint8_t { literal, all, any };
    Kind kind = Kind::literal;
    bool negated = false;
    std::uint32_t predicate = 0;
    std::vector<Formula> parts = {};
  };
  struct Rule {
    std::vector<Step> steps;
    std::shared_ptr<const Program> whole;
  };
  // Two variables of the same plain kind are compared in place.
  struct Predicate {
    std::uint32_t lane = open_at;
    std::uint32_t table = no_table;  // that has to be filled first
    std::uint32_t left = 0, right = 0;
    std::uint8_t orders = 0;
    bool is_pair = false;
  };
  static constexpr std::uint32_t no_table = 0xFFFFFFFF;
  // By lane, so that no branch depends on it: whatever else a lane holds, its answer bits decide.
  static constexpr std::array<Verdict, 16> verdicts = [] {
    std::array<Verdict, 16> all{};
    for (unsigned lane = 0; lane < all.size(); ++lane) {
      const unsigned answer = lane & answer_bits;
      all[lane] = answer == lane_false     ? Verdict::is_false
                  : answer == lane_true    ? Verdict::is_true
                  : (lane & open_bit) != 0 ? Verdict::open
                                           : Verdict::absent;
    }
    return all;
  }();
  class Builder;
  class Arranger;
  template <class Source>
  Value walk(std::uint32_t rule, Source source, Arena& arena, PredicatePlanes& planes) const;
  template <class Source>
  Lane test(std::uint32_t predicate, Source source, Arena& arena, PredicatePlanes& planes) const;
  void prepare(PredicatePlanes& planes) const;

  std::vector<Predicate> predicates_;
  std::vector<Program> programs_;      // of each predicate
  std::vector<QuickPredicate> quick_;  // of each predicate, until arrange()
  std::vector<Rule> rules_;
  std::vector<std::uint32_t> roots_;                           // of each rule, the lane that tells its answer
  std::vector<Formula> formulas_;                              // of each rule, until arrange()
  std::map<std::string, std::uint32_t, std::less<>> by_text_;  // canonical text to predicate, until arrange()
  SlotTables tables_;
  std::uint32_t eager_tables_ = 0;  // the first so many are filled for every event
  Gates gates_;
  // Lanes: constants, eager tables, gates, then what is found out when needed: lazy tables, programs, and one
  // per lazy table that says whether it is filled.
  std::uint32_t first_lazy_ = lane_block;
  std::uint32_t first_filled_ = lane_block;
  std::uint32_t lanes_ = 0;  // 0 until arrange()
};

}  // namespace tillwatch::cel
