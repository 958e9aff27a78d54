// A policy pack from its folder: all *.yaml files but mappings, in name order. Called by every command that
// takes --policy. Never follows into subfolders.
#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "policy/bundle.h"

namespace tillwatch {

// Files whose names begin with "mapping" are row mappings, not part of the pack. Errors: not_found, io, limit
// (a file over 1 MiB), invalid (every fault of the pack, one a line).
core::Result<std::shared_ptr<const policy::Bundle>> load_policy_folder(const std::string& folder);

// The whole text of a file. Errors: not_found, io, limit (longer than `bytes_max`).
core::Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

}  // namespace tillwatch
