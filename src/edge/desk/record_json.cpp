#include "desk/record_json.h"

#include <charconv>

#include "desk/cursor.h"

namespace tillwatch::desk {
namespace {

using registry::Entity;
using registry::Field;
using registry::FieldType;
using registry::FieldValue;
using registry::Record;
using registry::Shape;

constexpr std::size_t text_max = 1000;

void write_money(json::Writer& out, std::int64_t minor, std::string_view currency) {
  out.begin_object().member("minor", minor).member("currency", currency).end_object();
}

void write_value(json::Writer& out, const Field& field, const FieldValue& value, std::string_view currency) {
  if (registry::empty(value)) {
    out.null();
    return;
  }
  switch (field.type) {
    case FieldType::money:
      write_money(out, registry::integer_of(value), currency);
      return;
    case FieldType::boolean:
      out.value(registry::integer_of(value) != 0);
      return;
    case FieldType::time:
      out.value(core::format_time(registry::integer_of(value)));
      return;
    case FieldType::integer:
      out.value(registry::integer_of(value));
      return;
    default:
      out.value(registry::text_of(value));
  }
}

// The name of an agent or merchant; they are names of firms and shops.
core::Status write_name(json::Writer& out, sql::Connection& connection, const Field& field,
                        std::string_view id) {
  if (field.refers != Entity::agent && field.refers != Entity::merchant) return {};
  out.key(std::string(field.name) + "_name");
  TRY(rows, connection.query(
                "select name from " + std::string(registry::shape_of(field.refers).table) + " where id = $1",
                {id}));
  if (rows.empty())
    out.null();
  else
    out.value(rows[0].text(0));
  return {};
}

void write_numbers(json::Writer& out, const Record& record) {
  out.key("numbers").begin_array();
  for (const registry::ChannelNumber& number : record.numbers)
    out.begin_object().member("channel", number.channel).member("number", number.number).end_object();
  out.end_array();
}

std::optional<std::string_view> text_at(const json::View& object, std::string_view name) {
  const std::optional<json::View> view = object.find(name);
  const auto text = view ? view->as_string() : core::Result<std::string_view>("");
  return view && text ? std::optional(*text) : std::nullopt;
}

FieldValue read_money(Body& body, const Field& field, std::string_view currency) {
  const std::optional<json::View> view = body.view_if(field.name);
  if (!view || view->is(json::Kind::null)) return {};
  const std::optional<json::View> minor_view = view->find("minor");
  const bool whole = minor_view && minor_view->is(json::Kind::integer);
  const std::optional<std::string_view> unit = text_at(*view, "currency");
  if (whole && unit == currency && view->size() == 2) return *minor_view->as_integer();
  body.fault(field.name,
             "expected {\"minor\": whole number, \"currency\": \"" + std::string(currency) + "\"}");
  return {};
}

FieldValue read_value(Body& body, const Field& field, std::string_view currency) {
  switch (field.type) {
    case FieldType::money:
      return read_money(body, field, currency);
    case FieldType::boolean:
      if (const auto truth = body.boolean_if(field.name)) return std::int64_t{*truth ? 1 : 0};
      return {};
    case FieldType::time:
      if (const auto time = body.time_if(field.name)) return *time;
      return {};
    case FieldType::integer:
      if (const auto number = body.integer_if(field.name, field.least, field.most)) return *number;
      return {};
    default:
      if (auto text = body.text_if(field.name, 0, text_max)) return std::move(*text);
      return {};
  }
}

std::optional<std::vector<registry::ChannelNumber>> read_numbers(Body& body) {
  const std::optional<json::View> view = body.view_if("numbers");
  if (!view) return std::nullopt;
  std::vector<registry::ChannelNumber> numbers;
  bool right = view->is(json::Kind::array) && view->size() <= 100;
  if (right)
    for (const json::View& element : view->elements()) {
      const std::optional<std::string_view> channel = text_at(element, "channel");
      const std::optional<std::string_view> number = text_at(element, "number");
      right = right && channel && number && element.size() == 2;
      if (!right) break;
      numbers.push_back({std::string(*channel), std::string(*number)});
    }
  if (!right) body.fault("numbers", "expected a list of {\"channel\": text, \"number\": text}");
  return numbers;
}

void write_side(json::Writer& out, std::string_view name, const Field* field, std::string_view currency,
                const std::optional<std::string>& text) {
  out.key(name);
  if (!text) {
    out.null();
    return;
  }
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
  const bool whole = fault == std::errc() && end == text->data() + text->size();
  const bool numeric =
      field != nullptr && (field->type == FieldType::integer || field->type == FieldType::money ||
                           field->type == FieldType::boolean || field->type == FieldType::time);
  if (numeric && whole)
    write_value(out, *field, FieldValue(number), currency);
  else
    out.value(*text);
}

}  // namespace

core::Status write_record(json::Writer& out, sql::Connection& connection, const RecordForm& form,
                          const Record& record) {
  TRY(masks, form.registry.masks(record));
  out.begin_object().member("id", record.id).member("registered", true);
  out.member("version", record.version);
  out.member("created_at", core::format_time(record.created_at));
  out.member("updated_at", core::format_time(record.updated_at));
  out.member("act", record.act).member("effective", record.effective);
  const Shape& shape = record.shape();
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    const Field& field = shape.fields[i];
    const FieldValue& value = record.values[i];
    out.key(field.name);
    if (field.type == FieldType::personal && !registry::empty(value)) {
      out.value(masks[i]);
      continue;
    }
    write_value(out, field, value, form.currency);
    if (field.type == FieldType::reference && !registry::empty(value))
      TRY_STATUS(write_name(out, connection, field, registry::text_of(value)));
  }
  if (record.entity == Entity::merchant) write_numbers(out, record);
  out.end_object();
  return {};
}

registry::Wish read_wish(Body& body, const Shape& shape, std::string_view currency) {
  registry::Wish wish;
  for (const Field& field : shape.fields) {
    if (!body.has(field.name)) continue;
    if (body.is_null(field.name))
      wish.fields.emplace(field.name, FieldValue());
    else
      wish.fields.emplace(field.name, read_value(body, field, currency));
    body.view_if(field.name);
  }
  if (shape.entity == Entity::merchant) wish.numbers = read_numbers(body);
  wish.reason = body.text_if("reason", 0, text_max).value_or("");
  return wish;
}

void write_history_row(json::Writer& out, const Shape& shape, std::string_view currency,
                       const registry::HistoryRow& row) {
  const std::optional<std::size_t> at = shape.find(row.changed.field);
  const Field* field = at ? &shape.fields[*at] : nullptr;
  out.begin_object().member("act", row.event.act).member("version", row.event.version);
  out.member("at", core::format_time(row.event.at)).member("actor", row.event.actor);
  out.member("action", row.event.action).member("field", row.changed.field);
  out.member("personal", field != nullptr && field->type == FieldType::personal);
  write_side(out, "before", field, currency, row.changed.before);
  write_side(out, "after", field, currency, row.changed.after);
  out.member("reason", row.event.reason).end_object();
}

}  // namespace tillwatch::desk
