// Where things lie in a data directory, and how commands open them: the one place that knows both. Called by
// serve, import and admin.
#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "core/sabotage.h"
#include "door/card_keys.h"
#include "pipeline/pipeline.h"
#include "posix/disk.h"
#include "posix/random.h"

namespace tillwatch {

inline constexpr const char* record_folder = "record";      // journal, snapshots, bundles
inline constexpr const char* api_keys_file = "api-keys";    // docs/formats/apikeys.md
inline constexpr const char* card_keys_file = "card-keys";  // docs/formats/keys.md

// "DATA/card-keys", or `given` where it is not empty.
std::string card_keys_path(const std::string& data, const std::string& given);

// Reads the key file after a look at its rights. Errors: not_found (says how to make one), denied, invalid.
core::Result<std::shared_ptr<const door::CardKeys>> load_card_keys(const std::string& path);

// Options of the pipeline over the data directory that `disk` is rooted at.
core::Result<pipeline::Options> pipeline_options(ports::Disk& disk, ports::Random& random,
                                                 core::Sabotage sabotage);

}  // namespace tillwatch
