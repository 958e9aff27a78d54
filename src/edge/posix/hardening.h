// What the process gives up at start: core images, being traced, new privileges, files that others can read.
// Called by apps first of all. Never undone.
#pragma once

#include "core/error.h"

namespace tillwatch::posix {

core::Status harden_process();

}  // namespace tillwatch::posix
