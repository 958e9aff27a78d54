#include "registry/draft.h"

#include <algorithm>

#include "json/writer.h"
#include "registry/facts.h"

namespace tillwatch::registry {
namespace {

using sql::Parameter;

constexpr std::string_view numbers_field = "numbers";

std::optional<std::string> shown(const Field& field, const FieldValue& value) {
  if (empty(value) || field.type == FieldType::personal) return std::nullopt;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::string(text_of(value));
}

std::optional<std::string> shown(const std::vector<ChannelNumber>& numbers) {
  if (numbers.empty()) return std::nullopt;
  std::string text;
  for (const ChannelNumber& number : numbers) {
    if (!text.empty()) text += ", ";
    text += number.channel + ":" + number.number;
  }
  return text;
}

Parameter optional_text(std::string_view text) {
  return text.empty() ? Parameter(std::monostate()) : Parameter(text);
}

// Commands only add and replace: an emptied fact needs everything forgotten first.
bool emptied_fact(const Draft& draft) {
  if (!draft.before) return false;
  const Shape& shape = draft.record.shape();
  for (std::size_t i = 0; i < shape.fields.size(); ++i)
    if (!shape.fields[i].fact.empty() && empty(draft.record.values[i]) && !empty(draft.before->values[i]))
      return true;
  return false;
}

}  // namespace

bool Draft::changed_field(std::string_view name) const {
  return std::ranges::find(changed, name, &ChangedField::field) != changed.end();
}

core::Status adopt_owner(sql::Connection& connection, Record& record, const Record* before) {
  if (record.entity != Entity::terminal && record.entity != Entity::account) return {};
  const std::string_view merchant = record.text("merchant");
  if (merchant.empty() ||
      (before != nullptr && before->text("merchant") == merchant && before->owner() == record.owner()))
    return {};
  TRY(rows, connection.query("select agent from registry_merchant where id = $1", {merchant}));
  if (rows.empty()) return {};
  record.values[record.shape().scope] =
      rows[0].is_null(0) ? FieldValue() : FieldValue(std::string(rows[0].text(0)));
  return {};
}

void note_changes(Draft& draft) {
  const Shape& shape = draft.record.shape();
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    const FieldValue old = draft.before ? draft.before->values[i] : FieldValue();
    if (old == draft.record.values[i]) continue;
    draft.changed.push_back({std::string(shape.fields[i].name), shown(shape.fields[i], old),
                             shown(shape.fields[i], draft.record.values[i])});
  }
  const std::vector<ChannelNumber> old = draft.before ? draft.before->numbers : std::vector<ChannelNumber>();
  if (old != draft.record.numbers)
    draft.changed.push_back({std::string(numbers_field), shown(old), shown(draft.record.numbers)});
}

std::string detail_of(const Draft& draft) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("version", draft.record.version).key("fields").begin_array();
  for (const ChangedField& changed : draft.changed) out.value(changed.field);
  out.end_array().end_object();
  return text;
}

core::Result<std::vector<payment::EntryBuilder>> commands_of(sql::Connection& connection,
                                                             const Draft& draft) {
  std::vector<payment::EntryBuilder> commands;
  const std::vector<std::string> now = engine_ids(draft.record);
  const bool forget = emptied_fact(draft);
  if (draft.before)
    for (const std::string& id : engine_ids(*draft.before))
      if (forget || std::ranges::find(now, id) == now.end())
        commands.push_back(remove_command(draft.record.entity, id));
  TRY(sets, set_commands(connection, draft.record));
  for (payment::EntryBuilder& command : sets) commands.push_back(std::move(command));
  return commands;
}

core::Status write_numbers(sql::Connection& connection, const Draft& draft, core::TimeMs now) {
  if (!draft.changed_field(numbers_field)) return {};
  const std::string_view merchant = draft.record.id;
  const std::vector<ChannelNumber> old = draft.before ? draft.before->numbers : std::vector<ChannelNumber>();
  for (const ChannelNumber& number : old)
    if (std::ranges::find(draft.record.numbers, number) == draft.record.numbers.end())
      TRY_STATUS(connection.execute("delete from registry_merchant_number where number = $1",
                                    {std::string_view(number.number)}));
  for (const ChannelNumber& number : draft.record.numbers)
    if (std::ranges::find(old, number) == old.end())
      TRY_STATUS(connection.execute(
          "insert into registry_merchant_number (number, channel, merchant, since) values ($1, $2, $3, $4)",
          {std::string_view(number.number), std::string_view(number.channel), merchant, now}));
  return {};
}

core::Status write_binding(sql::Connection& connection, const Draft& draft, std::int64_t act,
                           core::TimeMs now) {
  if (draft.record.entity != Entity::terminal ||
      !(draft.changed_field("merchant") || draft.changed_field("tid")))
    return {};
  TRY_STATUS(connection.execute(
      "update registry_terminal_binding set until = $2 where terminal = $1 and until is null",
      {std::string_view(draft.record.id), now}));
  if (empty(draft.record.value("merchant"))) return {};
  TRY_STATUS(connection.execute(
      "insert into registry_terminal_binding (terminal, since, act, until, merchant, tid, reason)"
      " values ($1, $2, $3, null, $4, $5, $6)",
      {std::string_view(draft.record.id), now, act, draft.record.text("merchant"),
       optional_text(draft.record.text("tid")), optional_text(draft.reason)}));
  return {};
}

}  // namespace tillwatch::registry
