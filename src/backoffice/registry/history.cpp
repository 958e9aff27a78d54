#include "registry/history.h"

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

core::Result<std::vector<HistoryRow>> history_of(sql::Connection& connection, Entity entity,
                                                 std::string_view id, std::int64_t after_act,
                                                 std::string_view after_field, std::size_t count) {
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
  }
  return history;
}

}  // namespace tillwatch::registry
