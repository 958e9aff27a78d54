// A policy bundle as text: its files in name order, and the one canonical form that is hashed and kept beside
// the journal. Called by the commands (they read the folder through the disk port) and by the pipeline
// (bundle store).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"

namespace tillwatch::policy {

struct SourceFile {
  std::string name;  // relative to the pack's folder
  std::string text;
};

using BundleHash = std::array<unsigned char, 32>;

// format: bundle. "TWB1", count, then per file (by name): name, text. The hash of these bytes names the
// bundle.
core::Bytes pack(std::vector<SourceFile> files);
// Errors: corrupt.
core::Result<std::vector<SourceFile>> unpack(std::string_view bytes);
BundleHash hash_of(std::string_view packed);
std::string to_hex(const BundleHash& hash);

}  // namespace tillwatch::policy
