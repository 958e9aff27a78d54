// Says where and why a text is not the JSON we take: line, column, JSON pointer, one sentence. A second,
// plain reading of RFC 8259 that shares no code with simdjson; the tests hold the two against each other.
// Called by json::Reader after a refusal only. Never builds values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json/reader.h"

namespace tillwatch::json {

struct Fault {
  core::ErrorCode code = core::ErrorCode::invalid;  // or limit
  std::size_t offset = 0;                           // of the offending byte
  std::string pointer;                              // of the value it stands in
  std::string detail;
};

// The first fault in document order; nullopt where `text` is acceptable.
std::optional<Fault> find_fault(std::string_view text, const Bounds& bounds);

// "line:column", both from 1; the column counts bytes.
std::string place_of(std::string_view text, std::size_t offset);

// Appends one step to a JSON pointer (RFC 6901: ~ becomes ~0, / becomes ~1).
void append_step(std::string& pointer, std::string_view name);

}  // namespace tillwatch::json
