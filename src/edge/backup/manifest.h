// The first file of a backup: what it holds, in lines. Called by make_backup() and restore_backup().
#pragma once

#include <string>
#include <string_view>

#include "backup/backup.h"

namespace tillwatch::backup {

inline constexpr std::string_view manifest_file = "manifest";
inline constexpr std::string_view database_file = "database.sqlite";  // its name in a backup
inline constexpr std::string_view card_keys_file = "card-keys";       // likewise
inline constexpr std::string_view journal_folder = "record/journal";  // in data directory and backup

std::string write_manifest(const Manifest& manifest);
// Errors: corrupt, unsupported (a later version).
core::Result<Manifest> read_manifest(std::string_view text);

}  // namespace tillwatch::backup
