// Input files as byte sources, whatever they are packed in: plain, .gz, .xz, .zst, told apart by their first
// bytes and never by their names; several members one after another are one text. Called by the replay and
// import commands. Never unpacks folders (tar, zip): a row file is one stream.
#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "ports/byte_source.h"

namespace tillwatch::archive {

// Errors: not_found, io. Damage inside is reported by read(): corrupt, with the compressed and the
// uncompressed offset.
core::Result<std::unique_ptr<ports::ByteSource>> open_file(const std::string& path);

// The same over the process's standard input. Only one at a time makes sense.
core::Result<std::unique_ptr<ports::ByteSource>> open_standard_input();

}  // namespace tillwatch::archive
