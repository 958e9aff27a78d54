// Packs that build on packs: a site's pack names the one below it, changes its parameters, lists and the
// modes of its rules, and adds its own. Called by the reader, and by whoever gathers a pack's files. Knows no
// disk.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/model.h"
#include "policy/source.h"

namespace tillwatch::policy {

// What the pack of these files (one folder) builds on: a relative folder; nothing where it stands alone or
// its YAML cannot be read.
std::optional<std::string> base_folder_of(std::span<const SourceFile> files);

// "../" + "acquiring-first" as the prefix of that pack's files: "../acquiring-first/". The names of a
// bundle's files tell the packs apart by it; the pack itself has "".
std::string prefix_below(std::string_view prefix, std::string_view folder);
std::string prefix_of(std::string_view file_name);

// The packs of a bundle, the lowest first; the last is the pack itself. Faults: a pack that is missing, a
// circle, files of no pack, more than packs_max.
struct PackFiles {
  std::string prefix;
  std::vector<const SourceFile*> files;  // by name
};
std::vector<PackFiles> packs_in_order(std::span<const SourceFile> files, Faults& faults);

// Puts `site` upon `base`. Faults: what a site may not change.
Model merged(Model base, Model site, Faults& faults);

}  // namespace tillwatch::policy
