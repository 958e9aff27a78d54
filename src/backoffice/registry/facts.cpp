#include "registry/facts.h"

#include "core/check.h"

namespace tillwatch::registry {
namespace {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::Value;

EntryBuilder command(Entity entity, std::string_view id, std::string_view action) {
  EntryBuilder entry;
  entry.header.kind = payment::EntryKind::registry_command;
  entry.header.flags = payment::flag_event_time_missing;
  entry.set(AttributeId::registry_entity, Value::of(shape_of(entity).engine_name));
  entry.set(AttributeId::registry_id, Value::of(id));
  entry.set(AttributeId::registry_action, Value::of(action));
  return entry;
}

// What the engine calls an entity that another one refers to; "" where traffic has no word for it yet.
core::Result<std::string> engine_name_of(sql::Connection& connection, Entity entity, std::string_view id) {
  std::string statement;
  switch (entity) {
    case Entity::agent:
      statement = "select coalesce(code, id) from registry_agent where id = $1";
      break;
    case Entity::rep:
      statement = "select coalesce(code, id) from registry_rep where id = $1";
      break;
    case Entity::merchant:
      statement =
          "select number from registry_merchant_number where merchant = $1 order by channel, number limit 1";
      break;
    default:
      return std::string(id);
  }
  TRY(rows, connection.query(statement, {id}));
  return rows.empty() ? std::string() : std::string(rows[0].text(0));
}

struct Fact {
  std::string_view name;
  FieldValue value;
  bool truth = false;
};

core::Result<std::vector<Fact>> facts_of(sql::Connection& connection, const Record& record) {
  std::vector<Fact> facts;
  const Shape& shape = record.shape();
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    const Field& field = shape.fields[i];
    if (field.fact.empty() || empty(record.values[i])) continue;
    CHECK(field.type != FieldType::personal);
    Fact fact{field.fact, record.values[i], field.type == FieldType::boolean};
    if (field.type == FieldType::reference) {
      TRY(name, engine_name_of(connection, field.refers, text_of(record.values[i])));
      if (name.empty()) continue;
      fact.value = std::move(name);
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

core::Status put(EntryBuilder& entry, const Fact& fact) {
  if (fact.truth) return entry.set_extra(fact.name, Value::of(integer_of(fact.value) != 0));
  if (const auto* number = std::get_if<std::int64_t>(&fact.value))
    return entry.set_extra(fact.name, Value::of(*number));
  return entry.set_extra(fact.name, Value::of(text_of(fact.value)));
}

}  // namespace

std::vector<std::string> engine_ids(const Record& record) {
  std::vector<std::string> ids;
  switch (record.entity) {
    case Entity::merchant:
      for (const ChannelNumber& number : record.numbers) ids.push_back(number.number);
      break;
    case Entity::agent:
    case Entity::rep:
      ids.emplace_back(empty(record.value("code")) ? std::string_view(record.id) : record.text("code"));
      break;
    default:
      if (!record.shape().engine_name.empty()) ids.push_back(record.id);
      break;
  }
  return ids;
}

core::Result<std::vector<payment::EntryBuilder>> set_commands(sql::Connection& connection,
                                                              const Record& record) {
  std::vector<EntryBuilder> commands;
  TRY(facts, facts_of(connection, record));
  for (const std::string& id : engine_ids(record)) {
    commands.push_back(command(record.entity, id, "set"));
    for (const Fact& fact : facts) TRY_STATUS(put(commands.back(), fact));
  }
  return commands;
}

payment::EntryBuilder remove_command(Entity entity, std::string_view engine_id) {
  return command(entity, engine_id, "remove");
}

}  // namespace tillwatch::registry
