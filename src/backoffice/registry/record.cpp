#include "registry/record.h"

#include "core/check.h"

namespace tillwatch::registry {
namespace {

using core::ErrorCode;
using sql::Parameter;

constexpr std::size_t fixed_columns = 6;  // id, version, act, created_at, updated_at, effective

std::string select_of(const Shape& shape) {
  std::string text =
      "select t.id, t.version, t.act, t.created_at, t.updated_at,"
      " (select 1 from outbox o where o.number = t.act and o.sequence is not null)";
  for (const Field& field : shape.fields) text += ", t." + std::string(field.name);
  return text + " from " + std::string(shape.table) + " t where 1 = 1";
}

// The column by which the scope is judged; "" where everybody sees all.
std::string_view scope_column(const Shape& shape) {
  if (shape.entity == Entity::agent) return "t.id";
  return shape.scope == Shape::no_scope ? "" : "t.agent";
}

Record read(Entity entity, const sql::Row& row) {
  const Shape& shape = shape_of(entity);
  Record record;
  record.entity = entity;
  record.id = row.text(0);
  record.version = row.integer(1);
  record.act = row.integer(2);
  record.created_at = row.integer(3);
  record.updated_at = row.integer(4);
  record.effective = !row.is_null(5);
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    const std::size_t column = fixed_columns + i;
    if (row.is_null(column))
      record.values.emplace_back();
    else if (row.type(column) == sql::Type::integer)
      record.values.emplace_back(row.integer(column));
    else
      record.values.emplace_back(std::string(row.text(column)));
  }
  return record;
}

Parameter parameter_of(const Field& field, const FieldValue& value) {
  if (empty(value)) return std::monostate();
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  const std::string_view text = text_of(value);
  if (field.type == FieldType::personal) return sql::Octets{text};
  return text;
}

core::Status read_numbers(sql::Connection& connection, std::vector<Record>& records) {
  for (Record& record : records) {
    if (record.entity != Entity::merchant) return {};
    TRY(numbers, numbers_of(connection, record.id));
    record.numbers = std::move(numbers);
  }
  return {};
}

core::Result<std::vector<Record>> select(sql::Connection& connection, Entity entity,
                                         const std::string& statement,
                                         std::span<const Parameter> parameters) {
  std::vector<Record> records;
  TRY_STATUS(connection.each(statement, parameters, [&](const sql::Row& row) {
    records.push_back(read(entity, row));
    return true;
  }));
  TRY_STATUS(read_numbers(connection, records));
  return records;
}

// Adds " and COLUMN = $n" for each filter that asks for something and that the entity has a column for.
std::string condition_of(const Shape& shape, const Filter& filter, std::vector<Parameter>& parameters) {
  std::string text;
  const auto same = [&](std::string_view column, const std::string& value) {
    if (value.empty() || !shape.find(column)) return;
    parameters.emplace_back(std::string_view(value));
    text += " and t." + std::string(column) + " = $" + std::to_string(parameters.size());
  };
  same("status", filter.status);
  same("merchant", filter.merchant);
  same("parent", filter.parent);
  same("mcc", filter.mcc);
  same("risk_tier", filter.risk_tier);
  if (filter.subtree && !filter.agent.empty() && !scope_column(shape).empty()) {
    parameters.emplace_back(std::string_view(filter.agent));
    text += " and " + std::string(scope_column(shape)) +
            " in (select descendant from registry_agent_closure where ancestor = $" +
            std::to_string(parameters.size()) + ")";
  } else {
    same("agent", filter.agent);
  }
  return text;
}

}  // namespace

std::string_view Record::owner() const {
  if (entity == Entity::agent) return id;
  return shape().scope == Shape::no_scope ? std::string_view() : text_of(values[shape().scope]);
}

core::Result<std::optional<Record>> find(sql::Connection& connection, const Scope& scope, Entity entity,
                                         std::string_view id) {
  const Shape& shape = shape_of(entity);
  std::vector<Parameter> parameters{id};
  std::string statement = select_of(shape) + " and t.id = $1";
  if (!scope_column(shape).empty()) statement += scope.condition(scope_column(shape), parameters);
  TRY(found, select(connection, entity, statement, parameters));
  if (found.empty()) return std::optional<Record>();
  return std::optional(std::move(found.front()));
}

core::Result<std::vector<Record>> list(sql::Connection& connection, const Scope& scope, Entity entity,
                                       const Filter& filter, std::string_view after, std::size_t count) {
  const Shape& shape = shape_of(entity);
  std::vector<Parameter> parameters;
  std::string statement = select_of(shape) + condition_of(shape, filter, parameters);
  if (!scope_column(shape).empty()) statement += scope.condition(scope_column(shape), parameters);
  if (!after.empty()) {
    parameters.emplace_back(after);
    statement += " and t.id < $" + std::to_string(parameters.size());
  }
  parameters.emplace_back(static_cast<std::int64_t>(count));
  statement += " order by t.id desc limit $" + std::to_string(parameters.size());
  return select(connection, entity, statement, parameters);
}

core::Result<std::vector<Record>> next_records(sql::Connection& connection, Entity entity,
                                               std::string_view after, std::size_t count) {
  const std::vector<Parameter> parameters{after, static_cast<std::int64_t>(count)};
  return select(connection, entity, select_of(shape_of(entity)) + " and t.id > $1 order by t.id limit $2",
                parameters);
}

core::Status insert(sql::Connection& connection, const Record& record) {
  const Shape& shape = record.shape();
  std::string columns = "id, version, act, created_at, updated_at";
  std::string marks = "$1, $2, $3, $4, $5";
  std::vector<Parameter> parameters{std::string_view(record.id), record.version, record.act,
                                    record.created_at, record.updated_at};
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    parameters.push_back(parameter_of(shape.fields[i], record.values[i]));
    columns += ", " + std::string(shape.fields[i].name);
    marks += ", $" + std::to_string(parameters.size());
  }
  TRY(added, connection.execute("insert into " + std::string(shape.table) + " (" + columns + ") values (" +
                                    marks + ") on conflict do nothing",
                                parameters));
  if (added == 0)
    return core::fail(ErrorCode::conflict, shape.prefix.empty() ? "/id" : "/code",
                      "there is one like this already: look for it before you register another");
  return {};
}

core::Status update(sql::Connection& connection, const Record& record, std::int64_t version) {
  const Shape& shape = record.shape();
  std::vector<Parameter> parameters{std::string_view(record.id), version, record.version, record.act,
                                    record.updated_at};
  std::string sets = "version = $3, act = $4, updated_at = $5";
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    parameters.push_back(parameter_of(shape.fields[i], record.values[i]));
    sets += ", " + std::string(shape.fields[i].name) + " = $" + std::to_string(parameters.size());
  }
  TRY(changed, connection.execute(
                   "update " + std::string(shape.table) + " set " + sets + " where id = $1 and version = $2",
                   parameters));
  if (changed == 0)
    return core::fail(ErrorCode::conflict, "/version",
                      "somebody changed this meanwhile: read it again and repeat your change");
  return {};
}

core::Status note_act(sql::Connection& connection, Entity entity, std::string_view id, std::int64_t act) {
  TRY(changed,
      connection.execute("update " + std::string(shape_of(entity).table) + " set act = $2 where id = $1",
                         {id, act}));
  CHECK(changed == 1);
  return {};
}

core::Result<std::vector<ChannelNumber>> numbers_of(sql::Connection& connection, std::string_view merchant) {
  TRY(rows, connection.query("select channel, number from registry_merchant_number where merchant = $1"
                             " order by channel, number",
                             {merchant}));
  std::vector<ChannelNumber> numbers;
  for (std::size_t i = 0; i < rows.size(); ++i)
    numbers.push_back({std::string(rows[i].text(0)), std::string(rows[i].text(1))});
  return numbers;
}

}  // namespace tillwatch::registry
