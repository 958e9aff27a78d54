// The && and || over the predicates of many conditions, equal ones once, as straight loops without a branch
// that depends on the event. Called by RuleSet.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "cel/lane.h"

namespace tillwatch::cel {

class Gates {
 public:
  // Their lanes are `first` and the following; whatever has a smaller number is an input.
  explicit Gates(std::uint32_t first = lane_block) : first_(first) {}

  // A name for the combination, to be used as an operand; a lane of an input where it is one.
  std::uint32_t combine(bool all, std::vector<std::uint32_t> operands);
  // After the last combine(), once: lays the gates out and turns names into lanes.
  void settle(std::span<std::uint32_t> names);
  std::uint32_t count() const { return static_cast<std::uint32_t>(kept_.size()); }

  // Computes all gates from the inputs.
  void run(Lane* lanes) const;

 private:
  static constexpr std::size_t operands_max = 4;
  struct Gate {
    bool all;
    std::uint32_t level;
    std::vector<std::uint32_t> operands;
  };
  struct Row {  // gates of one sort beside each other
    bool all;
    std::uint8_t operands;
    std::uint32_t count;
  };
  std::uint32_t keep(bool all, std::vector<std::uint32_t> operands);

  std::uint32_t first_;
  std::vector<Gate> kept_;
  std::map<std::pair<bool, std::vector<std::uint32_t>>, std::uint32_t> known_;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> operands_;  // of all gates in the order of the rows
};

}  // namespace tillwatch::cel
