// The tree of agents: who stands under whom, kept as a closure (each agent under each of those above it), so
// that a subtree is one look-up. Called by the registry, by access (rights along the tree) and by whoever
// asks whether an agent may see something. Never makes a circle.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::registry {

inline constexpr std::int64_t tree_depth_max = 16;

// Whether `agent` is `root` or stands under it. False where either is unknown.
core::Result<bool> is_within(sql::Connection& connection, std::string_view agent, std::string_view root);
// Whether the scope reaches this agent. "" (the operator's own) only where it reaches everything.
core::Result<bool> reaches(sql::Connection& connection, const Scope& scope, std::string_view agent);
// The agent and all under it, nearest first, at most `count_max`.
core::Result<std::vector<std::string>> subtree_of(sql::Connection& connection, std::string_view agent,
                                                  std::size_t count_max = 100'000);
// From the top down to the agent itself.
core::Result<std::vector<std::string>> path_of(sql::Connection& connection, std::string_view agent);

// Hangs a new agent under `parent` ("": at the top). Errors: limit (deeper than tree_depth_max).
core::Status plant(sql::Connection& connection, std::string_view agent, std::string_view parent);
// Hangs an agent with all under it somewhere else. Errors: invalid (under itself), limit.
core::Status replant(sql::Connection& connection, std::string_view agent, std::string_view parent);

}  // namespace tillwatch::registry
