// The answer to a change that the engine is told of: {..., "act": N, "effective": false}, at once, or with
// ?wait=effective as soon as the engine has obeyed, five seconds later at the most. Called by the routes of
// every subject whose changes are acts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "desk/call.h"

namespace tillwatch::desk {

// The name of the parameter; routes that answer so list it.
inline constexpr std::string_view wait_parameter = "wait";

// `members`: what comes first, as "\"id\":\"x\",\"version\":2". `act` 0: nothing was changed, nothing is to
// be waited for. Where the engine refused, `refusal` says why.
Answer act_answer(const Call& call, std::string members, std::int64_t act, int status = 200);

}  // namespace tillwatch::desk
