// What is drawn once per installation and kept in its data directory: the key of the index hashes.
// Called by serve and import before the pipeline is opened; by tests with a fixed key instead.
#pragma once

#include <string>

#include "core/error.h"
#include "crypto/hash.h"
#include "ports/disk.h"
#include "ports/random.h"

namespace tillwatch::pipeline {

// Reads `directory`/install.key, or draws and stores one where there is none. Errors: io, corrupt.
core::Result<crypto::SipKey> installation_key(ports::Disk& disk, ports::Random& random,
                                              const std::string& directory);

}  // namespace tillwatch::pipeline
