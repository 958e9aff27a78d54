// format: mapping
// Reads a mapping file into intake::Mapping. Called through read_mapping (mapping.h). Never accepts what it
// does not know: every fault is named with file, line and column.
#include <algorithm>
#include <array>
#include <utility>

#include "core/limits.h"
#include "intake/input_section.h"
#include "intake/mapping.h"
#include "intake/strict_node.h"
#include "yaml/yaml.h"

namespace tillwatch::intake {
namespace {

using core::ErrorCode;
using payment::AttributeInfo;
using payment::AttributeType;
using Target = Assignment::Target;
namespace limits = core::limits;

const std::vector<std::string> conversions{"text", "integer", "decimal", "boolean", "time", "number"};
const std::vector<std::string> time_forms{"rfc3339", "datetime", "compact", "epoch_s", "epoch_ms", "date"};

Conversion usual_conversion(const AttributeInfo& info) {
  switch (info.type) {
    case AttributeType::boolean:
      return Conversion::boolean;
    case AttributeType::integer:
      return Conversion::integer;
    case AttributeType::time:
      return Conversion::time;
    case AttributeType::text:
      break;
  }
  return Conversion::text;
}

class MappingReader {
 public:
  explicit MappingReader(Mapping& out) : out_(out) {}
  core::Status read(const yaml::Node& root);

 private:
  core::Status read_emit(const yaml::Node& node);
  core::Status read_when(const yaml::Node& node, Emit& emit);
  core::Status read_set(const yaml::Node& node, Emit& emit);
  core::Status read_extras(const yaml::Node& node, Emit& emit);
  core::Status read_assignment(const yaml::Node& key, const yaml::Node& value, Emit& emit);
  core::Result<ValueSource> read_time(const yaml::Node& node);
  core::Result<ValueSource> read_value(const yaml::Node& node, const AttributeInfo* info,
                                       Assignment* assignment);
  core::Status read_columns(StrictNode& in, ValueSource& value, bool several);
  core::Status read_conversion(StrictNode& in, const AttributeInfo* info, ValueSource& value);
  core::Status read_time_form(StrictNode& in, ValueSource& value);
  core::Status read_words(StrictNode& in, ValueSource& value);
  core::Status check_constant(const yaml::Node& node, const ValueSource& value) const;
  core::Result<std::size_t> column(const yaml::Node& node, const std::string& name);

  Mapping& out_;
};

core::Result<std::size_t> MappingReader::column(const yaml::Node& node, const std::string& name) {
  if (out_.format != Mapping::Format::ndjson && !out_.header &&
      std::ranges::find(out_.file_columns, name) == out_.file_columns.end()) {
    const std::string near = yaml::nearest(name, out_.file_columns);
    return fault_at(node, "input.columns does not name '" + name + "'" +
                              (near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  if (out_.format == Mapping::Format::ndjson && !name.starts_with('/'))
    return fault_at(node, "a column of NDJSON is a JSON pointer such as /card/token");
  const auto at = std::ranges::find(out_.columns, name);
  if (at != out_.columns.end()) return static_cast<std::size_t>(at - out_.columns.begin());
  if (out_.columns.size() >= limits::row_columns_max)
    return core::fail(ErrorCode::limit, node.place.to_string(),
                      "the mapping reads more than " + std::to_string(limits::row_columns_max) + " columns");
  out_.columns.push_back(name);
  return out_.columns.size() - 1;
}

core::Status MappingReader::read_columns(StrictNode& in, ValueSource& value, bool several) {
  const yaml::Node* one = in.find("column");
  const yaml::Node* many = several ? in.find("columns") : nullptr;
  const yaml::Node* constant = in.find("constant");
  if ((one != nullptr ? 1 : 0) + (many != nullptr ? 1 : 0) + (constant != nullptr ? 1 : 0) != 1)
    return fault_at(in.node(),
                    several ? "say one of: column, columns, constant" : "say either column or constant");
  if (constant != nullptr) {
    if (!constant->is_scalar() || constant->scalar.empty())
      return fault_at(*constant, "a constant is a text, a number, true or false");
    value.constant = constant->scalar;
    return {};
  }
  if (one != nullptr) {
    if (!one->is_scalar() || one->scalar.empty()) return fault_at(*one, "a column has a name");
    TRY(index, column(*one, one->scalar));
    value.columns.push_back(index);
    return {};
  }
  TRY(names, text_list(*many, "column names", 4));
  for (const std::string& name : names) {
    TRY(index, column(*many, name));
    value.columns.push_back(index);
  }
  return {};
}

core::Status MappingReader::read_time_form(StrictNode& in, ValueSource& value) {
  value.as = Conversion::time;
  TRY(form, in.choice("format", time_forms));
  if (!form)
    return fault_at(in.node(),
                    "say the time's format: rfc3339, datetime, date, compact, epoch_s or epoch_ms");
  value.time.kind = static_cast<TimeForm::Kind>(*form);
  const bool local = value.time.kind == TimeForm::Kind::datetime ||
                     value.time.kind == TimeForm::Kind::compact || value.time.kind == TimeForm::Kind::date;
  TRY(offset, in.text("offset"));
  if (local && !offset)
    return fault_at(in.node(), "say the offset of these local times from UTC, such as offset: \"+08:00\"");
  if (!local && offset)
    return fault_at(*in.node().find("offset"), "times of this format bring their own offset");
  if (!local) return {};
  const core::Result<core::DurationMs> duration = utc_offset(*offset);
  if (!duration) return fault_at(*in.node().find("offset"), "'" + *offset + "' " + duration.error().detail);
  value.time.offset = *duration;
  return {};
}

core::Status MappingReader::read_words(StrictNode& in, ValueSource& value) {
  const yaml::Node* map = in.find("map");
  TRY(other, in.text("other"));
  if (map == nullptr) {
    if (other) return fault_at(*in.node().find("other"), "'other' belongs to a 'map'");
    return {};
  }
  if (map->kind != yaml::Node::Kind::mapping || map->members.empty())
    return fault_at(*map, "a map has lines such as \"01\": sale");
  if (map->members.size() > limits::mapping_text_map_max)
    return core::fail(ErrorCode::limit, map->place.to_string(),
                      "a map has at most " + std::to_string(limits::mapping_text_map_max) + " lines");
  for (const auto& [from, to] : map->members) {
    if (!to.is_scalar()) return fault_at(to, "expected a text");
    value.words.emplace(from.scalar, to.scalar);
  }
  value.mapped = true;
  value.other = other;
  return {};
}

core::Status MappingReader::read_conversion(StrictNode& in, const AttributeInfo* info, ValueSource& value) {
  TRY(as, in.choice("as", conversions));
  if (as) {
    value.as = static_cast<Conversion>(*as);
  } else if (info != nullptr) {
    if (info->unit == payment::Unit::money_minor)
      return fault_at(in.node(),
                      "say how '" + std::string(info->name) +
                          "' is written: as: decimal with digits: 2, or as: integer for minor units");
    value.as = usual_conversion(*info);
  }
  if (value.as == Conversion::time) TRY_STATUS(read_time_form(in, value));
  if (value.as == Conversion::decimal) {
    TRY(digits, in.integer("digits", -1, 0, 9));
    if (digits < 0) return fault_at(in.node(), "say how many minor digits the currency has: digits: 2");
    value.decimal.digits = static_cast<int>(digits);
    TRY(point, in.character("point", '.'));
    value.decimal.point = point;
    TRY(group, in.character("group", '\0'));
    value.decimal.group = group;
    TRY(absolute, in.boolean("absolute", false));
    value.decimal.absolute = absolute;
    const auto usable = [](char c) { return (c < '0' || c > '9') && c != '-' && c != '+'; };
    if (point == group || !usable(point) || !usable(group))
      return fault_at(in.node(), "point and group differ, and neither is a digit or a sign");
  }
  if (info == nullptr) return {};
  const bool fits = info->type == AttributeType::boolean ? value.as == Conversion::boolean
                    : info->type == AttributeType::text  ? value.as == Conversion::text
                    : info->type == AttributeType::time
                        ? value.as == Conversion::time
                        : value.as == Conversion::integer || value.as == Conversion::decimal;
  if (!fits) return fault_at(in.node(), "'" + std::string(info->name) + "' cannot be read as this type");
  return {};
}

core::Status MappingReader::check_constant(const yaml::Node& node, const ValueSource& value) const {
  if (!value.columns.empty()) return {};
  core::Status status;
  const auto keep = [&](auto result) {
    if (!result) status = fault_at(node, "'" + value.constant + "' " + result.error().detail);
  };
  switch (value.as) {
    case Conversion::text:
      break;
    case Conversion::integer:
      keep(whole_number(value.constant));
      break;
    case Conversion::decimal:
      keep(minor_units(value.constant, value.decimal));
      break;
    case Conversion::boolean:
      keep(truth(value.constant));
      break;
    case Conversion::time:
      keep(instant(value.constant, value.time));
      break;
    case Conversion::number:
      keep(real_number(value.constant));
      break;
  }
  if (value.mapped) return fault_at(node, "a constant needs no map");
  return status;
}

core::Result<ValueSource> MappingReader::read_value(const yaml::Node& node, const AttributeInfo* info,
                                                    Assignment* assignment) {
  ValueSource value;
  // The short form: a column's name, where nothing else needs to be said.
  const bool token = assignment != nullptr && assignment->target == Target::card_token;
  const bool plain =
      info == nullptr || (info->type != AttributeType::time && info->unit != payment::Unit::money_minor);
  if (node.is_scalar() && plain && !token) {
    if (node.scalar.empty()) return fault_at(node, "a column has a name");
    TRY(index, column(node, node.scalar));
    value.columns.push_back(index);
    if (info != nullptr) value.as = usual_conversion(*info);
    value.trim = value.as != Conversion::text;
    return value;
  }
  TRY(in, StrictNode::open(node, "value"));
  TRY_STATUS(read_columns(in, value, true));
  const bool card = assignment != nullptr && assignment->target >= Target::card_number;
  if (card && assignment->target == Target::card_token) {
    TRY(name_space, in.required_text("namespace"));
    assignment->name_space = name_space;
  }
  if (!card) TRY_STATUS(read_conversion(in, info, value));
  if (!card) TRY_STATUS(read_words(in, value));
  TRY(trim, in.boolean("trim", value.as != Conversion::text));
  value.trim = trim;
  TRY(required, in.boolean("required", false));
  value.required = required;
  TRY_STATUS(in.finish());
  TRY_STATUS(check_constant(node, value));
  return value;
}

core::Result<ValueSource> MappingReader::read_time(const yaml::Node& node) {
  ValueSource value;
  TRY(in, StrictNode::open(node, "time"));
  TRY_STATUS(read_columns(in, value, true));
  if (value.columns.empty()) return fault_at(node, "the time of a row comes from its columns");
  TRY_STATUS(read_time_form(in, value));
  TRY(trim, in.boolean("trim", true));
  value.trim = trim;
  value.required = true;
  TRY_STATUS(in.finish());
  return value;
}

core::Status MappingReader::read_assignment(const yaml::Node& key, const yaml::Node& node, Emit& emit) {
  Assignment assignment;
  assignment.name = key.scalar;
  const AttributeInfo* info = nullptr;
  if (key.scalar == "card.number") {
    assignment.target = Target::card_number;
  } else if (key.scalar == "card.token") {
    assignment.target = Target::card_token;
  } else if (key.scalar == "card.masked") {
    assignment.target = Target::card_masked;
  } else {
    info = payment::find_attribute(key.scalar);
    if (info == nullptr || info->internal) {
      std::vector<std::string> known{"card.number", "card.token", "card.masked"};
      for (const AttributeInfo& one : payment::attributes())
        if (!one.internal) known.emplace_back(one.name);
      const std::string near = yaml::nearest(key.scalar, known);
      return fault_at(key, (info == nullptr ? "there is no attribute '" : "only Tillwatch itself sets '") +
                               key.scalar + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?") +
                               (info == nullptr ? " (an attribute of your own goes under extras)" : ""));
    }
    assignment.id = info->id;
  }
  TRY(value, read_value(node, info, &assignment));
  assignment.value = std::move(value);
  emit.set.push_back(std::move(assignment));
  return {};
}

core::Status MappingReader::read_set(const yaml::Node& node, Emit& emit) {
  if (node.kind != yaml::Node::Kind::mapping || node.members.empty())
    return fault_at(node, "'set' has lines such as merchant.id: COLUMN");
  for (const auto& [key, value] : node.members) TRY_STATUS(read_assignment(key, value, emit));
  return {};
}

core::Status MappingReader::read_extras(const yaml::Node& node, Emit& emit) {
  if (node.kind != yaml::Node::Kind::mapping || node.members.empty())
    return fault_at(node, "'extras' has lines such as loyalty.tier: COLUMN");
  if (node.members.size() > limits::entry_extra_count_max)
    return core::fail(
        ErrorCode::limit, node.place.to_string(),
        "an entry has at most " + std::to_string(limits::entry_extra_count_max) + " attributes of your own");
  for (const auto& [key, value] : node.members) {
    if (payment::find_attribute(key.scalar) != nullptr)
      return fault_at(key, "'" + key.scalar + "' is an attribute of the product: put it under set");
    if (key.scalar.empty() || key.scalar.size() > limits::entry_extra_name_bytes_max)
      return fault_at(key,
                      "a name has 1 to " + std::to_string(limits::entry_extra_name_bytes_max) + " bytes");
    Assignment assignment;
    assignment.target = Target::extra;
    assignment.name = key.scalar;
    TRY(source, read_value(value, nullptr, &assignment));
    assignment.value = std::move(source);
    emit.set.push_back(std::move(assignment));
  }
  return {};
}

core::Status MappingReader::read_when(const yaml::Node& node, Emit& emit) {
  if (node.kind != yaml::Node::Kind::sequence || node.items.empty())
    return fault_at(node, "'when' is a list of conditions, all of which must hold");
  for (const yaml::Node& item : node.items) {
    TRY(in, StrictNode::open(item, "condition"));
    Condition condition;
    TRY(name, in.required_text("column"));
    TRY(index, column(item, name));
    condition.column = index;
    const yaml::Node* equals = in.find("equals");
    const yaml::Node* any = in.find("in");
    const yaml::Node* none = in.find("not_in");
    const yaml::Node* empty = in.find("empty");
    if ((equals != nullptr) + (any != nullptr) + (none != nullptr) + (empty != nullptr) != 1)
      return fault_at(item, "say one of: equals, in, not_in, empty");
    if (equals != nullptr) {
      if (!equals->is_scalar()) return fault_at(*equals, "expected a text");
      condition.any_of = {equals->scalar};
    } else if (empty != nullptr) {
      TRY(wanted, in.boolean("empty", true));
      condition.any_of = {""};
      condition.negated = !wanted;
    } else {
      TRY(list, text_list(any != nullptr ? *any : *none, "texts", limits::mapping_text_map_max));
      condition.any_of = std::move(list);
      condition.negated = none != nullptr;
    }
    TRY_STATUS(in.finish());
    emit.when.push_back(std::move(condition));
  }
  return {};
}

core::Status MappingReader::read_emit(const yaml::Node& node) {
  using payment::EntryKind;
  static constexpr auto kinds = std::to_array(
      {EntryKind::transaction, EntryKind::outcome, EntryKind::label, EntryKind::terminal_status,
       EntryKind::log_in, EntryKind::advert, EntryKind::registry_command, EntryKind::list_change});
  std::vector<std::string> kind_names;
  for (const EntryKind kind : kinds) kind_names.emplace_back(name_of(kind));
  Emit emit;
  TRY(in, StrictNode::open(node, "emit"));
  TRY(kind, in.choice("kind", kind_names));
  if (!kind) return fault_at(node, "the emit needs 'kind'");
  emit.kind = kinds[*kind];
  TRY(offset, in.text("offset"));
  if (offset) {
    const std::optional<core::DurationMs> duration = *offset == "0" || *offset == "0s"
                                                         ? std::optional<core::DurationMs>(0)
                                                         : core::parse_duration(*offset);
    if (!duration || *duration > limits::mapping_offset_ms_max)
      return fault_at(*node.find("offset"), "'" + *offset + "' is no duration such as 7d or 90m, at most " +
                                                core::format_duration(limits::mapping_offset_ms_max));
    emit.offset = *duration;
  }
  if (const yaml::Node* when = in.find("when")) TRY_STATUS(read_when(*when, emit));
  TRY(set, in.at("set"));
  TRY_STATUS(read_set(*set, emit));
  if (const yaml::Node* extras = in.find("extras")) TRY_STATUS(read_extras(*extras, emit));
  TRY_STATUS(in.finish());
  const auto cards = std::ranges::count_if(emit.set, [](const Assignment& one) {
    return one.target == Target::card_number || one.target == Target::card_token;
  });
  if (cards > 1) return fault_at(*set, "say either card.number or card.token: two references may not agree");
  out_.emits.push_back(std::move(emit));
  return {};
}

core::Status MappingReader::read(const yaml::Node& root) {
  TRY(in, StrictNode::open(root, "mapping"));
  TRY(name, in.required_text("mapping"));
  out_.name = name;
  TRY(version, in.integer("version", 1, 1, 1'000'000));
  out_.version = version;
  TRY(client, in.text("client"));
  out_.client = client.value_or(name);
  if (out_.client.size() > 64 || out_.name.size() > 64)
    return fault_at(root, "mapping and client have at most 64 bytes");
  TRY_STATUS(in.text("description"));
  TRY(input, in.at("input"));
  TRY_STATUS(read_input(*input, out_));
  TRY(time, in.at("time"));
  TRY(time_value, read_time(*time));
  out_.time = std::move(time_value);
  if (const yaml::Node* arrival = in.find("arrival")) {
    TRY(arrival_value, read_time(*arrival));
    out_.arrival = std::move(arrival_value);
  }
  TRY(emits, in.at("emits"));
  TRY_STATUS(in.finish());
  if (emits->kind != yaml::Node::Kind::sequence || emits->items.empty())
    return fault_at(*emits, "'emits' is a list of the entries that a row becomes");
  if (emits->items.size() > limits::mapping_emits_max)
    return core::fail(ErrorCode::limit, emits->place.to_string(),
                      "a row becomes at most " + std::to_string(limits::mapping_emits_max) + " entries");
  for (const yaml::Node& emit : emits->items) TRY_STATUS(read_emit(emit));
  return {};
}

}  // namespace

core::Result<Mapping> read_mapping(std::string_view text, std::string_view file) {
  TRY(root, yaml::parse(text, file));
  Mapping mapping;
  TRY_STATUS(MappingReader(mapping).read(root));
  return mapping;
}

}  // namespace tillwatch::intake
