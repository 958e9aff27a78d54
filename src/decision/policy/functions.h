// Functions that policies have beside the language's own. Called by names.cpp; constant tables.
#pragma once

#include <span>

#include "cel/library.h"

namespace tillwatch::policy {

// distance_m(latitude, longitude, latitude, longitude): metres between two places given in degrees times
// 10^6.
std::span<const cel::Function> policy_functions();

}  // namespace tillwatch::policy
