// Counts what was found against the truth: each planted instance found or not, each look-alike quiet or not,
// and what fired on ordinary merchants. Called by `tillwatch simulate --live` and by the end-to-end test. The
// one reader of the truth beside people: nothing that decides ever sees it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/event.h"
#include "simulator/world.h"

namespace tillwatch::simulator {

struct FiredRule {
  std::string typology;
  int severity = 1;  // 1 is a remark and no finding
};

struct TypologyScore {
  int planted = 0;
  int found = 0;
  int look_alikes = 0;
  int look_alikes_fired = 0;
  int honest_fired =
      0;  // other honest merchants on which it fired, each once: ordinary ones and others' look-alikes
};

class Score {
 public:
  // `world` must outlive the score.
  explicit Score(const World& world);

  // What fired on this transaction.
  void seen(const Event& event, const std::vector<FiredRule>& fired);

  // Whose event this is: the instance's name, or "ordinary trade".
  std::string place_of(const Event& event) const;
  // By typology, those of the world's schemes first in their order.
  std::vector<std::pair<std::string, TypologyScore>> result() const;
  // Names of planted instances that nothing found, and of look-alikes that were taken for the real thing.
  std::vector<std::string> missed() const;
  std::vector<std::string> mistaken() const;

 private:
  const World& world_;
  std::vector<std::int32_t> instance_of_;                      // merchant -> instance, -1
  std::vector<bool> fired_;                                    // by instance
  std::set<std::pair<std::string, std::uint32_t>> elsewhere_;  // typology, honest merchant
};

}  // namespace tillwatch::simulator
