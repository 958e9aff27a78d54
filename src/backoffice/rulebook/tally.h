// How often each rule matched, by day, and which rules the engine took to shadow at their ceiling. Counted by
// the projector as a projection, in its transaction; read by the policy room. Never counts a decision twice.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "relay/projector.h"
#include "sql/database.h"

namespace tillwatch::rulebook {

class RuleTally final : public relay::Projection {
 public:
  core::Status project(sql::Connection& connection, const relay::ProjectedRecord& record) override;
  void begin() override { counted_.clear(); }
  core::Status finish(sql::Connection& connection) override;

 private:
  struct Count {
    std::int64_t hits = 0, shadow_hits = 0;
  };
  std::map<std::pair<std::string, std::int64_t>, Count> counted_;  // rule and day, of the present transaction
};

struct RuleHits {
  std::string rule;
  std::int64_t hits = 0, shadow_hits = 0;
};
// Sums of each rule that matched, over the UTC days from the one of `since` on, by rule.
core::Result<std::vector<RuleHits>> hits_since(sql::Connection& connection, core::TimeMs since);

struct RuleDay {
  std::int64_t day = 0;  // since 1970, UTC
  std::int64_t hits = 0, shadow_hits = 0;
};
// By day, days without a match left out.
core::Result<std::vector<RuleDay>> days_of_rule(sql::Connection& connection, std::string_view rule,
                                                core::TimeMs since);

struct Dropped {
  std::string rule;
  core::TimeMs at = 0;
};
// By rule; empty where no rule passed its ceiling since the policy came into force.
core::Result<std::vector<Dropped>> dropped_rules(sql::Connection& connection);

}  // namespace tillwatch::rulebook
