// How much is traded by the hour, agent by agent: what the projector adds, and what moves along when a
// merchant goes to another agent or gets another number, so that the sums are always those of the merchants
// as they are registered now. Read by home; kept for three days. Never looks at more than one merchant's
// decisions of these days.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "registry/scope.h"
#include "relay/projector.h"
#include "relay/sums.h"
#include "sql/database.h"

namespace tillwatch::registry {

struct Draft;

using SumsByCurrency = std::map<std::string, relay::Sums>;

inline constexpr core::DurationMs agent_sums_kept_ms = 3 * core::day_ms;

// Adds what is decided to the hour of its admission, for the agent of the registered merchant; what nobody
// registered is nobody's.
class AgentSums final : public relay::Projection {
 public:
  core::Status project(sql::Connection& connection, const relay::ProjectedRecord& record) override;
  void begin() override { gathered_.clear(); }
  core::Status finish(sql::Connection& connection) override;

 private:
  using Key = std::tuple<std::string, core::TimeMs, std::string>;  // merchant's number, hour, currency
  core::Status learn_agents(sql::Connection& connection);
  core::Status forget_old(sql::Connection& connection);

  std::map<Key, relay::Sums> gathered_;                  // of the present transaction
  std::unordered_map<std::string, std::string> agents_;  // by number, as of `mark_`; "": nobody's
  std::int64_t mark_ = -1;
  core::TimeMs newest_hour_ = 0, forgotten_before_ = 0;
};

// A merchant was created or changed: what its numbers traded goes from the agent that had them to the one
// that has them now. In the transaction of the change, after its rows.
core::Status move_sums(sql::Connection& connection, const Draft& draft, core::TimeMs now);

// Of the hours from `from` to before `to`, of the merchants that have an agent within the scope.
core::Result<SumsByCurrency> agent_sums(sql::Connection& connection, const Scope& scope, core::TimeMs from,
                                        core::TimeMs to);

}  // namespace tillwatch::registry
