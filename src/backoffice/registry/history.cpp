#include "registry/history.h"

#include "registry/tree.h"

namespace tillwatch::registry {
namespace {

using sql::Parameter;

Parameter optional_text(const std::optional<std::string>& text) {
  return text ? Parameter(std::string_view(*text)) : Parameter(std::monostate());
}

std::optional<std::string> text_at(const sql::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return std::string(row.text(column));
}

// The act by which it came from outside the scope, last; 0: it was always inside.
core::Result<std::int64_t> came_with(sql::Connection& connection, const Scope& scope, Entity entity,
                                     std::string_view id) {
  const Shape& shape = shape_of(entity);
  if (scope.all() || shape.scope == Shape::no_scope) return 0;
  TRY(rows, connection.query("select act, before_value from registry_change where entity = $1 and id = $2"
                             " and field = $3 and action <> 'created' order by act desc limit 1000",
                             {shape.name, id, shape.fields[shape.scope].name}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].is_null(1)) return rows[i].integer(0);
    TRY(inside, reaches(connection, scope, rows[i].text(1)));
    if (!inside) return rows[i].integer(0);
  }
  return 0;
}

}  // namespace

core::Status write_history(sql::Connection& connection, const Event& event,
                           const std::vector<ChangedField>& fields) {
  for (const ChangedField& changed : fields)
    TRY_STATUS(connection.execute(
        "insert into registry_change (entity, id, act, field, version, at, actor, action, before_value,"
        " after_value, reason) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        {shape_of(event.entity).name, std::string_view(event.id), event.act, std::string_view(changed.field),
         event.version, event.at, std::string_view(event.actor), std::string_view(event.action),
         optional_text(changed.before), optional_text(changed.after),
         event.reason.empty() ? Parameter(std::monostate()) : Parameter(std::string_view(event.reason))}));
  return {};
}

core::Result<std::vector<HistoryRow>> history_of(sql::Connection& connection, const Scope& scope,
                                                 Entity entity, std::string_view id, std::int64_t after_act,
                                                 std::string_view after_field, std::size_t count) {
  TRY(came, came_with(connection, scope, entity, id));
  const std::int64_t from = after_act == 0 ? INT64_MAX : after_act;
  TRY(rows,
      connection.query("select act, version, at, actor, action, coalesce(reason, ''), field,"
                       " before_value, after_value from registry_change"
                       " where entity = $1 and id = $2 and (act < $3 or (act = $3 and field > $4))"
                       " order by act desc, field limit $5",
                       {shape_of(entity).name, id, from, after_field, static_cast<std::int64_t>(count)}));
  std::vector<HistoryRow> history;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const sql::Row& row = rows[i];
    history.push_back({{entity, std::string(id), row.integer(0), row.integer(1), row.integer(2),
                        std::string(row.text(3)), std::string(row.text(4)), std::string(row.text(5))},
                       {std::string(row.text(6)), text_at(row, 7), text_at(row, 8)}});
    if (row.integer(0) > came) continue;
    HistoryRow& told = history.back();
    told.changed.before.reset();
    if (row.integer(0) == came) continue;
    told.changed.after.reset();
    told.event.actor.clear();
    told.event.reason.clear();
  }
  return history;
}

}  // namespace tillwatch::registry
