// The problem documents of the desk (RFC 9457), one function per kind: what a person's browser is told when
// something cannot be done. Called by Handler and by every subject's routes. Never repeats what the caller
// sent, never tells whether an object exists that the caller may not see.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "http/message.h"
#include "http/problem.h"

namespace tillwatch::desk {

enum class Problem : std::uint8_t {
  invalid_request,         // 400: the body or a parameter is not what the contract says; see errors
  not_signed_in,           // 401
  not_permitted,           // 403: the right is missing
  step_up_needed,          // 403: sign in once more, then ask again
  foreign_origin,          // 403: the request comes from another site, or its CSRF token is missing
  not_found,               // 404: also for what lies outside the caller's subtree
  method_not_allowed,      // 405
  conflict,                // 409: somebody else changed it meanwhile
  too_large,               // 413
  unsupported_media_type,  // 415
  rule_broken,             // 422: understood, and a rule of the house forbids it
  too_many_attempts,       // 429: with Retry-After
  internal,                // 500
  unavailable,             // 503
};
inline constexpr std::size_t problem_count = 14;

std::string type_of(Problem problem);  // "urn:tillwatch:problem:step-up-needed"
int status_of(Problem problem);

// One fault of a request; `pointer` is RFC 6901 into the body, or "?name" for a parameter.
using Fault = http::ProblemPointer;

http::Response refuse(Problem problem, std::string_view detail, const std::vector<Fault>& faults = {});

// An error of a subject's function as its caller may see it: invalid and limit become rule_broken (with the
// place where it is a pointer), not_found, conflict, denied (step_up_needed where `where` is
// "step-up-needed"), unavailable; all else is internal, without its text.
http::Response refuse(const core::Error& error);

}  // namespace tillwatch::desk
