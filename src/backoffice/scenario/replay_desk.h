// A desk over the replay's step: the same door, admission and engine as live traffic, nothing kept. Called by
// `tillwatch policy test`. Its card key is known to everybody: never give it real cards.
#pragma once

#include <memory>

#include "scenario/desk.h"

namespace tillwatch::scenario {

// Errors: invalid (the policy's windows cannot be planned).
core::Result<std::unique_ptr<Desk>> open_replay_desk(std::shared_ptr<const policy::Bundle> bundle,
                                                     core::TimeMs now);

}  // namespace tillwatch::scenario
