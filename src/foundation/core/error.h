// The one error channel of the house: std::expected with a small vocabulary of codes.
// Called by every module. A code exists because somebody reacts differently to it; the rest is prose in
// `detail`. Never used for programmer errors (CHECK) nor for a declined payment (a decline is a decision).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace tillwatch::core {

enum class ErrorCode : std::uint8_t {
  invalid,      // the caller's input breaks a rule: mend the input
  not_found,    // the thing named does not exist
  conflict,     // the same key was used for other content, or the state forbids it
  limit,        // a stated bound was passed: send less or raise the bound
  denied,       // the caller may not do this
  unavailable,  // not now: try again later
  io,           // a disk or network call failed: the part that needed it must stop
  corrupt,      // stored bytes are not what was written: stop, keep the evidence
  unsupported,  // understood, but this version does not do it
  cancelled,    // stopped on request
};

// The stable name of a code, as it stands in logs and problem documents ("invalid", "not_found", ...).
std::string_view name_of(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::invalid;
  std::string where;   // file:line:column, a JSON pointer, a path: the place the reader should look at
  std::string detail;  // one sentence: what is wrong and what to do

  // "where: detail", or only the detail where there is no place.
  std::string to_string() const;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string where, std::string detail) {
  return std::unexpected<Error>(Error{code, std::move(where), std::move(detail)});
}

}  // namespace tillwatch::core

// TRY(name, expression): binds the value of a Result to `name`, or returns its error from the enclosing
// function.
#define TRY(name, ...)                                                                                    \
  auto name##_result = (__VA_ARGS__);                                                                     \
  if (!name##_result) return std::unexpected<::tillwatch::core::Error>(std::move(name##_result).error()); \
  auto& name = *name##_result

// TRY_STATUS(expression): returns the error of a Status from the enclosing function.
#define TRY_STATUS(...)                                                                       \
  do {                                                                                        \
    auto try_status_result = (__VA_ARGS__);                                                   \
    if (!try_status_result)                                                                   \
      return std::unexpected<::tillwatch::core::Error>(std::move(try_status_result).error()); \
  } while (false)
