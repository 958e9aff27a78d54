// The contract of the HTTP interface (contracts/openapi.yaml), built into the program, as the JSON that
// /openapi.json gives out. Called by ApiHandler at start and by the tests that hold the code against it.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch::api {

// The text of contracts/openapi.yaml.
extern const std::string_view openapi_yaml;

// YAML as JSON: plain integers, decimals, true, false and null get their type; all else, and what stands in
// quotes, is text. Errors: as yaml::parse.
core::Result<std::string> json_of_yaml(std::string_view yaml, std::string_view file);

}  // namespace tillwatch::api
