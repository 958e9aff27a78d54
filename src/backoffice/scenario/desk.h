// Where a scenario happens: something that takes entries at times and says what was decided. Two exist: the
// replay's step in memory (replay_desk.h, `tillwatch policy test`) and the whole pipeline over a simulated
// disk (tests/scenario). Called by the script.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "door/door.h"
#include "engine/decision.h"
#include "payment/entry.h"
#include "policy/bundle.h"

namespace tillwatch::scenario {

class Desk {
 public:
  struct Answer {
    bool decided = false;  // false: history, a fact or a command
    engine::Decision decision;
    // One for each slot that was asked for; empty where this desk cannot look behind the decision.
    std::vector<engine::Reading> readings;
  };

  Desk() = default;
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  virtual ~Desk() = default;

  // Admits one entry at `now`, which never goes back. `slots`: of the bundle, read where it is decided.
  // Errors: what the admission refuses.
  virtual core::Result<Answer> submit(const payment::EntryBuilder& entry, core::TimeMs now,
                                      std::span<const std::uint32_t> slots) = 0;
  virtual door::Door& door() = 0;
};

// A desk for the bundle whose first entry comes at `now`.
using OpenDesk =
    std::function<core::Result<std::unique_ptr<Desk>>(std::shared_ptr<const policy::Bundle>, core::TimeMs)>;

// Event times of a scenario may lie this far behind its latest.
inline constexpr core::DurationMs scenario_past_ms_max = 800 * core::day_ms;

}  // namespace tillwatch::scenario
