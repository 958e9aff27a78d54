// The problem documents of the interface: one function per problem type of the contract. Called by
// ApiHandler. Never repeats what the caller sent.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "door/event_reader.h"
#include "http/message.h"

namespace tillwatch::api {

enum class ProblemType : std::uint8_t {
  invalid_event,
  invalid_parameter,
  not_authenticated,
  not_permitted,
  not_found,
  method_not_allowed,
  conflict,
  too_large,
  unsupported_media_type,
  refused,
  deadline_passed,
  unavailable,
  outcome_unknown,
  internal,
};
inline constexpr std::size_t problem_type_count = 14;

std::string type_of(ProblemType type);  // "urn:tillwatch:problem:invalid-event"
int status_of(ProblemType type);

// `faults` become the list "errors".
http::Response problem(ProblemType type, std::string_view detail, std::span<const door::Fault> faults = {});

// What the pipeline refuses: 422, or 503 where it is only a matter of time, or 409.
http::Response refusal(const core::Error& error);

}  // namespace tillwatch::api
