// Files that hold keys, as they lie in a data directory: written beside their place and put there in one
// step, with rights for nobody else. Called by admin and serve.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "crypto/data_keys.h"
#include "ports/disk.h"
#include "ports/random.h"
#include "sql/database.h"

namespace tillwatch {

inline constexpr const char* data_keys_file = "data-keys";  // docs/formats/data-keys.md

// Errors: conflict (it is there already, without `replace`), io.
core::Status write_secret(ports::Disk& disk, const std::string& name, std::string_view content, bool replace);

// The keys of the personal fields in this database: from DATA/data-keys, which is made where nothing has been
// sealed yet. Errors: not_found (the file is missing, and the database has sealed fields), denied (rights),
// invalid, corrupt, io.
core::Result<std::unique_ptr<crypto::DataKeys>> open_data_keys(const std::string& data, ports::Disk& disk,
                                                               sql::Connection& connection,
                                                               ports::Random& random, core::TimeMs now);

}  // namespace tillwatch
