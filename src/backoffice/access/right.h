// What a person may do, and the roles that are given: names as routes and the console write them. Called by
// decide() and by everything that lists roles. Constant tables (right_table.cpp); never decides by itself.
#pragma once

#include <bitset>
#include <cstddef>
#include <span>
#include <string_view>

namespace tillwatch::access {

struct RightInfo {
  std::string_view name;  // "alerts.work"
  bool step_up = false;   // needs a second factor that was shown a short while ago
  bool scoped =
      false;  // means something inside an agent's subtree; others only count where granted everywhere
};

inline constexpr std::size_t right_count = 26;
using Rights = std::bitset<right_count>;

std::span<const RightInfo> rights();
// The place of a right in the table; right_count where there is none of that name.
std::size_t find_right(std::string_view name);

struct Role {
  std::string_view name;  // "owner"
  std::string_view zh;
  std::string_view en;
  Rights rights;
};
// Presets of an agency first (owner, desk, rep, inspector), then those of an acquirer.
std::span<const Role> roles();
const Role* find_role(std::string_view name);  // nullptr where there is none

}  // namespace tillwatch::access
