#include "registry/seen.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "registry/facts.h"
#include "registry/in_list.h"

namespace tillwatch::registry {
namespace {

using sql::Parameter;

struct Sum {
  core::TimeMs first_at = 0;
  core::TimeMs last_at = 0;
  std::int64_t transactions = 0;
  std::string_view merchant;
  std::string_view agent;

  void add(const Sighting& sighting, std::string_view with) {
    first_at = transactions == 0 ? sighting.at : std::min(first_at, sighting.at);
    last_at = transactions == 0 ? sighting.at : std::max(last_at, sighting.at);
    ++transactions;
    if (!with.empty()) merchant = with;
    if (!sighting.agent.empty()) agent = sighting.agent;
  }
};
using Sums = std::map<std::string_view, Sum>;

Parameter optional_text(std::string_view text) {
  return text.empty() ? Parameter(std::monostate()) : Parameter(text);
}

constexpr std::size_t seen_parameters = 7;
constexpr std::string_view add_seen =
    "insert into registry_seen (entity, id, first_at, last_at, transactions, merchant, agent)"
    " values ($1, $2, $3, $4, $5, $6, $7)"
    " on conflict (entity, id) do update set"
    " first_at = case when excluded.first_at < registry_seen.first_at then excluded.first_at"
    " else registry_seen.first_at end,"
    " last_at = case when excluded.last_at > registry_seen.last_at then excluded.last_at"
    " else registry_seen.last_at end,"
    " transactions = registry_seen.transactions + excluded.transactions,"
    " merchant = coalesce(excluded.merchant, registry_seen.merchant),"
    " agent = coalesce(excluded.agent, registry_seen.agent)";

// The ids that are registered, as `look_up` finds them; the others are noted.
core::Result<std::vector<std::string>> note(sql::Connection& connection, Entity entity, const Sums& sums,
                                            std::string_view look_up) {
  std::vector<std::string_view> ids;
  for (const auto& [id, sum] : sums) ids.push_back(id);
  std::set<std::string, std::less<>> known;
  TRY_STATUS(each_in(connection, look_up, ids,
                     [&known](const sql::Row& row) { known.insert(std::string(row.text(0))); }));
  std::vector<Parameter> strangers;
  for (const auto& [id, sum] : sums) {
    if (known.contains(id)) continue;
    strangers.insert(strangers.end(), {shape_of(entity).name, id, sum.first_at, sum.last_at, sum.transactions,
                                       optional_text(sum.merchant), optional_text(sum.agent)});
  }
  TRY_STATUS(connection.execute_rows(add_seen, seen_parameters, strangers));
  return std::vector<std::string>(known.begin(), known.end());
}

constexpr std::string_view seen_columns =
    "select id, first_at, last_at, transactions, coalesce(merchant, ''), coalesce(agent, '')"
    " from registry_seen where entity = $1";

Unregistered read_seen(const sql::Row& row) {
  return {std::string(row.text(0)), row.integer(1),           row.integer(2),
          row.integer(3),           std::string(row.text(4)), std::string(row.text(5))};
}

core::Result<std::optional<std::string>> one_text(core::Result<sql::Table> rows) {
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::optional<std::string>();
  return std::optional(std::string((*rows)[0].text(0)));
}

}  // namespace

core::Result<Known> learn(sql::Connection& connection, std::span<const Sighting> sightings) {
  Sums merchants, terminals;
  for (const Sighting& sighting : sightings) {
    if (!sighting.merchant.empty()) merchants[sighting.merchant].add(sighting, "");
    if (!sighting.terminal.empty()) terminals[sighting.terminal].add(sighting, sighting.merchant);
  }
  Known known;
  TRY(those, note(connection, Entity::merchant, merchants,
                  "select number from registry_merchant_number where number"));
  known.merchants = std::move(those);
  TRY(others, note(connection, Entity::terminal, terminals, "select id from registry_terminal where id"));
  known.terminals = std::move(others);
  return known;
}

core::Result<std::vector<Unregistered>> unregistered(sql::Connection& connection, Entity entity,
                                                     core::TimeMs after_at, std::string_view after_id,
                                                     std::size_t count) {
  const core::TimeMs from = after_id.empty() ? INT64_MAX : after_at;
  TRY(rows, connection.query(std::string(seen_columns) + " and (last_at < $2 or (last_at = $2 and id > $3))"
                                                         " order by last_at desc, id limit $4",
                             {shape_of(entity).name, from, after_id, static_cast<std::int64_t>(count)}));
  std::vector<Unregistered> seen;
  for (std::size_t i = 0; i < rows.size(); ++i) seen.push_back(read_seen(rows[i]));
  return seen;
}

core::Result<std::optional<Unregistered>> find_unregistered(sql::Connection& connection, Entity entity,
                                                            std::string_view id) {
  TRY(rows, connection.query(std::string(seen_columns) + " and id = $2", {shape_of(entity).name, id}));
  if (rows.empty()) return std::optional<Unregistered>();
  return std::optional(read_seen(rows[0]));
}

core::Status forget_seen(sql::Connection& connection, const Record& record) {
  if (record.entity != Entity::merchant && record.entity != Entity::terminal) return {};
  for (const std::string& id : engine_ids(record))
    TRY_STATUS(connection.execute("delete from registry_seen where entity = $1 and id = $2",
                                  {record.shape().name, std::string_view(id)}));
  return {};
}

core::Result<std::optional<std::string>> merchant_by_number(sql::Connection& connection,
                                                            std::string_view number) {
  return one_text(
      connection.query("select merchant from registry_merchant_number where number = $1", {number}));
}

core::Result<std::optional<std::string>> id_by_code(sql::Connection& connection, Entity entity,
                                                    std::string_view code) {
  const std::string table(shape_of(entity).table);
  TRY(found, one_text(connection.query("select id from " + table + " where code = $1", {code})));
  if (found || !shape_of(entity).find("code")) return found;
  return one_text(connection.query("select id from " + table + " where id = $1", {code}));
}

}  // namespace tillwatch::registry
