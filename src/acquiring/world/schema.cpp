// world_schema() and write_world() of world_file.h: the tables of parameters as JSON Schema and as YAML.
#include <string>

#include "json/writer.h"
#include "world/world_file.h"

namespace tillwatch::world {
namespace {

using json::Writer;

void number_schema(Writer& json, std::int64_t least, std::int64_t most) {
  json.begin_object().member("type", "integer").member("minimum", least).member("maximum", most).end_object();
}

void list_schema(Writer& json, std::int64_t least, std::int64_t most, std::size_t count) {
  json.begin_object().member("type", "array").member("minItems", count).member("maxItems", count);
  json.key("items");
  number_schema(json, least, most);
  json.end_object();
}

std::string described(std::string_view words, std::string_view unit, std::string_view source) {
  std::string text(words);
  if (!text.empty()) text += ". ";
  text += "Unit: " + std::string(unit);
  if (!source.empty()) text += ". Source: " + std::string(source);
  return text;
}

void values_schema(Writer& json, std::int64_t least, std::int64_t most,
                   std::span<const std::int64_t> standard, bool range, const std::string& description) {
  json.begin_object().member("description", description);
  json.key("default");
  if (standard.size() == 1) {
    json.value(standard[0]);
  } else {
    json.begin_array();
    for (const std::int64_t value : standard) json.value(value);
    json.end_array();
  }
  if (standard.size() == 1) {
    json.member("type", "integer").member("minimum", least).member("maximum", most);
  } else if (range) {
    json.key("anyOf").begin_array();
    number_schema(json, least, most);
    list_schema(json, least, most, standard.size());
    json.end_array();
  } else {
    json.key("anyOf").begin_array();
    list_schema(json, least, most, standard.size());
    json.end_array();
  }
  json.end_object();
}

template <class S>
void fields_schema(Writer& json, std::span<const Field<S>> fields, const S& standard) {
  for (const Field<S>& field : fields) {
    const bool range = is_range(field) && field.name.find("hump") == std::string_view::npos;
    json.key(field.name);
    values_schema(json, field.least, field.most, numbers_of(standard, field), range,
                  described(field.words, field.unit, field.source));
  }
}

template <class S>
void group_schema(Writer& json, std::string_view name, std::span<const Field<S>> fields, const S& standard) {
  json.key(name).begin_object().member("type", "object").key("properties").begin_object();
  fields_schema(json, fields, standard);
  json.end_object().member("additionalProperties", false).end_object();
}

void kinds_schema(Writer& json, const Settings& standard) {
  json.key("kinds").begin_object().member("type", "object").key("properties").begin_object();
  for (std::size_t i = 0; i < standard.kinds.size(); ++i)
    group_schema(json, kind_names()[i].name, kind_fields(), standard.kinds[i]);
  json.end_object().member("additionalProperties", false).end_object();
}

void typologies_schema(Writer& json, const Settings& standard) {
  json.key("typologies").begin_object().member("type", "object").key("properties").begin_object();
  for (const TypologyInfo& info : typologies()) {
    const Planting& planting = standard.typologies[static_cast<std::size_t>(info.id)];
    json.key(info.name).begin_object().member("type", "object");
    json.member("description", std::string(info.code) + ": " + std::string(info.words));
    json.key("properties").begin_object();
    fields_schema(json, planting_fields(), planting);
    for (std::size_t i = 0; i < info.drawn.size(); ++i) {
      const DrawnInfo& drawn = info.drawn[i];
      if (drawn.name.empty()) continue;
      json.key(drawn.name);
      values_schema(json, drawn.least, drawn.most, planting.drawn[i], true,
                    described(drawn.words, drawn.unit, "assumed; drawn for each instance"));
    }
    json.end_object().member("additionalProperties", false).end_object();
  }
  json.end_object().member("additionalProperties", false).end_object();
}

void head_schema(Writer& json) {
  json.key("world").begin_object().member("type", "string").member("pattern", "^[a-z0-9-]{1,40}$");
  json.member("description", "name of the world").end_object();
  json.key("seed").begin_object().member("type", "integer").member("minimum", 0);
  json.member("maximum", (std::int64_t{1} << 53) - 1).member("default", 1);
  json.member("description", "the same seed, the same bytes").end_object();
  json.key("first_day")
      .begin_object()
      .member("type", "string")
      .member("pattern", "^202[5-7]-[01][0-9]-[0-3][0-9]$");
  json.member("default", "2026-03-01");
  json.member("description", "first day, local time (UTC+8), 2025-01-01 to 2027-12-31").end_object();
  json.key("days").begin_object().member("type", "integer").member("minimum", 1).member("maximum", days_max);
  json.member("default", 90)
      .member("description", "told days; the last is 2027-12-31 at the latest")
      .end_object();
  json.key("mix").begin_object().member("type", "string").key("enum").begin_array();
  json.value("realistic").value("training").end_array();
  json.member("default", "realistic");
  json.member("description", "training: twenty times as many planted instances").end_object();
}

// ---- the same as YAML ----

template <class S>
void write_fields(std::string& out, std::string_view indent, std::span<const Field<S>> fields,
                  const S& group) {
  for (const Field<S>& field : fields) {
    const auto numbers = numbers_of(group, field);
    out.append(indent).append(field.name).append(": ");
    if (numbers.size() > 1) out += '[';
    for (std::size_t i = 0; i < numbers.size(); ++i) out += (i > 0 ? ", " : "") + std::to_string(numbers[i]);
    if (numbers.size() > 1) out += ']';
    out += '\n';
  }
}

}  // namespace

// What the reader asks beyond what JSON Schema can say (check_kind, check_days, read_numbers of
// world_file.cpp).
constexpr std::string_view beyond_schema =
    "Everything but 'world' may be left out. Beyond this schema: first_day is a date of the calendar, and "
    "all "
    "days lie within 2025-01-01 to 2027-12-31. Where one number or two are allowed, the two are from and to, "
    "the "
    "smaller one first, and one number stands for both. Of each kind, with the defaults of what is left out: "
    "entry_permille adds up to 1000; weekday_permille is not 0 on all days; open spans 60 minutes at least; "
    "below "
    "is 0 or smaller than grain; single_limit is twice grain at least. One kind at least has both a weight "
    "and a "
    "demand_milli above 0.";

std::string world_schema() {
  const Settings standard;
  std::string out;
  Writer json(out);
  json.begin_object().member("$schema", "https://json-schema.org/draft/2020-12/schema");
  json.member("title", "Tillwatch world file").member("type", "object");
  json.member("description", std::string(beyond_schema));
  json.key("properties").begin_object();
  head_schema(json);
  group_schema(json, "population", population_fields(), standard.population);
  group_schema(json, "people", people_fields(), standard.people);
  group_schema(json, "flow", flow_fields(), standard.flow);
  group_schema(json, "money", money_fields(), standard.money);
  group_schema(json, "labels", label_fields(), standard.labels);
  group_schema(json, "files", file_fields(), standard.files);
  kinds_schema(json, standard);
  typologies_schema(json, standard);
  json.end_object();
  json.key("required").begin_array().value("world").end_array();
  json.member("additionalProperties", false).end_object();
  out += '\n';
  return out;
}

std::string write_world(const Settings& settings) {
  const core::CivilDate first = core::civil_from_days(settings.first_day);
  std::string out = "world: " + settings.name + "\nseed: " + std::to_string(settings.seed) + "\nfirst_day: ";
  const auto two = [](std::int32_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  out += std::to_string(first.year) + "-" + two(first.month) + "-" + two(first.day);
  out += "\ndays: " + std::to_string(settings.days);
  out += settings.mix == Mix::training ? "\nmix: training\n" : "\nmix: realistic\n";
  out += "population:\n";
  write_fields(out, "  ", population_fields(), settings.population);
  out += "people:\n";
  write_fields(out, "  ", people_fields(), settings.people);
  out += "flow:\n";
  write_fields(out, "  ", flow_fields(), settings.flow);
  out += "money:\n";
  write_fields(out, "  ", money_fields(), settings.money);
  out += "labels:\n";
  write_fields(out, "  ", label_fields(), settings.labels);
  out += "files:\n";
  write_fields(out, "  ", file_fields(), settings.files);
  out += "kinds:\n";
  for (std::size_t i = 0; i < settings.kinds.size(); ++i) {
    out += "  " + std::string(kind_names()[i].name) + ":\n";
    write_fields(out, "    ", kind_fields(), settings.kinds[i]);
  }
  out += "typologies:\n";
  for (const TypologyInfo& info : typologies()) {
    const Planting& planting = settings.typologies[static_cast<std::size_t>(info.id)];
    out += "  " + std::string(info.name) + ":\n";
    write_fields(out, "    ", planting_fields(), planting);
    for (std::size_t i = 0; i < info.drawn.size(); ++i) {
      const Span& drawn = planting.drawn[i];
      if (info.drawn[i].name.empty()) continue;
      out += "    " + std::string(info.drawn[i].name) + ": [" + std::to_string(drawn[0]) + ", " +
             std::to_string(drawn[1]) + "]\n";
    }
  }
  return out;
}

}  // namespace tillwatch::world
