// The drawn world in words, for people: what there is of whom, and what will be planted. Called by
// `tillwatch simulate --describe`. Says nothing that a world file does not decide.
#pragma once

#include <string>

#include "world/world.h"

namespace tillwatch::world {

std::string describe(const World& world);

}  // namespace tillwatch::world
