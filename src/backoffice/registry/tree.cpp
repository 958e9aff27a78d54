#include "registry/tree.h"

namespace tillwatch::registry {
namespace {

using core::ErrorCode;

core::Status check_depth(sql::Connection& connection, std::string_view agent) {
  TRY(deepest, connection.query("select coalesce(max(up.depth), 0) from registry_agent_closure down"
                                " join registry_agent_closure up on up.descendant = down.descendant"
                                " where down.ancestor = $1",
                                {agent}));
  if (deepest[0].integer(0) >= tree_depth_max)
    return core::fail(ErrorCode::limit, "/parent",
                      "the tree of agents is at most " + std::to_string(tree_depth_max) + " levels deep");
  return {};
}

core::Status hang(sql::Connection& connection, std::string_view agent, std::string_view parent) {
  if (parent.empty()) return {};
  TRY_STATUS(
      connection.execute("insert into registry_agent_closure (ancestor, descendant, depth)"
                         " select up.ancestor, down.descendant, up.depth + down.depth + 1"
                         " from registry_agent_closure up cross join registry_agent_closure down"
                         " where up.descendant = $1 and down.ancestor = $2",
                         {parent, agent}));
  return check_depth(connection, agent);
}

core::Result<std::vector<std::string>> column_of(core::Result<sql::Table> rows) {
  if (!rows) return std::unexpected(rows.error());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < rows->size(); ++i) ids.emplace_back((*rows)[i].text(0));
  return ids;
}

}  // namespace

std::string Scope::condition(std::string_view column, std::vector<sql::Parameter>& parameters) const {
  if (all_) return "";
  if (roots_.empty()) return " and 1 = 0";
  std::string text = " and " + std::string(column) +
                     " in (select descendant from registry_agent_closure where ancestor in (";
  for (const std::string& root : roots_) {
    parameters.emplace_back(std::string_view(root));
    if (!text.ends_with('(')) text += ", ";
    text += "$" + std::to_string(parameters.size());
  }
  return text + "))";
}

core::Result<bool> is_within(sql::Connection& connection, std::string_view agent, std::string_view root) {
  TRY(found, connection.query("select 1 from registry_agent_closure where ancestor = $1 and descendant = $2",
                              {root, agent}));
  return !found.empty();
}

core::Result<bool> reaches(sql::Connection& connection, const Scope& scope, std::string_view agent) {
  if (scope.all()) return true;
  for (const std::string& root : scope.roots()) {
    TRY(within, is_within(connection, agent, root));
    if (within) return true;
  }
  return false;
}

core::Result<std::vector<std::string>> subtree_of(sql::Connection& connection, std::string_view agent,
                                                  std::size_t count_max) {
  return column_of(connection.query(
      "select descendant from registry_agent_closure where ancestor = $1 order by depth, descendant", {agent},
      count_max));
}

core::Result<std::vector<std::string>> path_of(sql::Connection& connection, std::string_view agent) {
  return column_of(connection.query(
      "select ancestor from registry_agent_closure where descendant = $1 order by depth desc", {agent}));
}

core::Status plant(sql::Connection& connection, std::string_view agent, std::string_view parent) {
  TRY_STATUS(connection.execute(
      "insert into registry_agent_closure (ancestor, descendant, depth) values ($1, $2, 0)", {agent, agent}));
  return hang(connection, agent, parent);
}

core::Status replant(sql::Connection& connection, std::string_view agent, std::string_view parent) {
  TRY(circle, is_within(connection, parent, agent));
  if (circle)
    return core::fail(ErrorCode::invalid, "/parent",
                      "an agent cannot stand under itself: choose another one");
  TRY_STATUS(connection.execute(
      "delete from registry_agent_closure"
      " where descendant in (select descendant from registry_agent_closure where ancestor = $1)"
      " and ancestor not in (select descendant from registry_agent_closure where ancestor = $1)",
      {agent}));
  return hang(connection, agent, parent);
}

}  // namespace tillwatch::registry
