// A policy pack from its folder: all *.yaml files but mappings, in name order. Called by every command that
// takes --policy. Never follows into subfolders.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "policy/bundle.h"

namespace tillwatch {

// The files of the folder alone. Errors as of read_policy_folder.
core::Result<std::vector<policy::SourceFile>> read_own_files(const std::string& folder);

// The files of FOLDER/scenarios, as "scenarios/NAME.scenario"; none where there is no such folder. Errors:
// io, limit (one over core::limits::scenario_bytes_max).
core::Result<std::vector<policy::SourceFile>> read_scenarios(const std::string& folder);

// Puts `text` in the place of a file, whole or not at all, with the rights it had. Errors: io.
core::Status replace_text_file(const std::string& path, const std::string& text);

// The files of a pack, and of the packs it builds on. Errors: not_found, io, limit (a file over 1 MiB).
core::Result<std::vector<policy::SourceFile>> read_policy_folder(const std::string& folder);

// Compiles and reviews. `faults` gets errors and warnings; null where there is an error. `now`: for
// parameters that have run out.
std::shared_ptr<const policy::Bundle> look_through(std::vector<policy::SourceFile> files,
                                                   std::optional<core::TimeMs> now, policy::Faults& faults);

// Files whose names begin with "mapping" are row mappings, not part of the pack. Errors: not_found, io, limit
// (a file over 1 MiB), invalid (every fault of the pack, one a line).
core::Result<std::shared_ptr<const policy::Bundle>> load_policy_folder(const std::string& folder);

// The whole text of a file. Errors: not_found, io, limit (longer than `bytes_max`).
core::Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

}  // namespace tillwatch
