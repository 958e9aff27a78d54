// Many ids, one text of SQL: see in_list.h.
#include "registry/in_list.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tillwatch::registry {
namespace {

constexpr std::size_t ids_at_once = 50;

}  // namespace

core::Status each_in(sql::Connection& connection, std::string_view head,
                     std::span<const std::string_view> ids,
                     const std::function<void(const sql::Row&)>& take) {
  if (ids.empty()) return {};
  std::string statement(head);
  for (std::size_t i = 1; i <= ids_at_once; ++i) statement += (i == 1 ? " in ($" : ", $") + std::to_string(i);
  statement += ")";
  for (std::size_t at = 0; at < ids.size(); at += ids_at_once) {
    // A list that is too short repeats its last: that finds no row twice.
    std::vector<sql::Parameter> some;
    for (std::size_t i = 0; i < ids_at_once; ++i) some.emplace_back(ids[std::min(at + i, ids.size() - 1)]);
    TRY_STATUS(connection.each(statement, some, [&take](const sql::Row& row) {
      take(row);
      return true;
    }));
  }
  return {};
}

}  // namespace tillwatch::registry
