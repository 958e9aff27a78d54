// Reads the YAML files of a pack into a Model. Finds every fault it can in one run. Never compiles an
// expression.
#pragma once

#include <span>

#include "policy/model.h"
#include "policy/source.h"

namespace tillwatch::policy {

// Appends to `faults`; the model is complete only where none was added.
Model read_model(std::span<const SourceFile> files, Faults& faults);

}  // namespace tillwatch::policy
