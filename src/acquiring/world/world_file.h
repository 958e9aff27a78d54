// Reads world files: YAML that names parameters of settings.h and leaves all others at their defaults.
// Called by `tillwatch simulate` and by tests. Every fault is told with its place; nothing is guessed.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "world/settings.h"

namespace tillwatch::world {

// The names of a world: lower-case words, digits, hyphens, at most 40 bytes.
inline constexpr std::size_t world_name_bytes_max = 40;
inline constexpr std::int64_t days_max = 1095;

// Errors: those of yaml::parse; invalid (an unknown name with the nearest known one, a value outside its
// bounds, a range that falls, a date outside 2025 to 2027), with file, line and column.
core::Result<Settings> read_world(std::string_view text, std::string_view file);

// JSON Schema (2020-12) of world files: contracts/world.schema.json.
std::string world_schema();

// Every parameter with its value in these settings, as a world file that reads back to the same settings.
std::string write_world(const Settings& settings);

}  // namespace tillwatch::world
