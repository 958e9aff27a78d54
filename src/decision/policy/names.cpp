#include "policy/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/check.h"
#include "policy/functions.h"

namespace tillwatch::policy {
namespace {

ScalarType scalar_of(payment::AttributeType type) {
  switch (type) {
    case payment::AttributeType::boolean:
      return ScalarType::boolean;
    case payment::AttributeType::integer:
    case payment::AttributeType::time:
      return ScalarType::integer;
    case payment::AttributeType::text:
      return ScalarType::text;
  }
  return ScalarType::text;
}

std::string_view unit_name(payment::Unit unit) {
  switch (unit) {
    case payment::Unit::none:
      return "";
    case payment::Unit::money_minor:
      return "money";
    case payment::Unit::money_base_minor:
      return "money_base";
    case payment::Unit::milliseconds:
      return "ms";
    case payment::Unit::micro_degrees:
      return "micro_degrees";
    case payment::Unit::minutes:
      return "minutes";
    case payment::Unit::count:
      return "count";
  }
  return "";
}

ScalarType type_of(const ParameterValue& value) {
  return static_cast<ScalarType>(value.index());
}

constexpr std::array<std::string_view, 5> time_names{"event_time", "admitted_at", "local.hour",
                                                     "local.weekday", "local.day"};

}  // namespace

cel::Type cel_type(ScalarType type) {
  switch (type) {
    case ScalarType::boolean:
      return cel::Type::boolean();
    case ScalarType::integer:
      return cel::Type::integer();
    case ScalarType::decimal:
      return cel::Type::real();
    case ScalarType::text:
      return cel::Type::text();
  }
  return cel::Type::dyn();
}

std::uint32_t Names::add(SlotInfo slot) {
  slots_.push_back(std::move(slot));
  return Bundle::first_slot + static_cast<std::uint32_t>(slots_.size() - 1);
}

void Names::declare(const std::string& name, cel::Type type, std::uint32_t slot, const std::string& unit,
                    const Place& place) {
  const auto same = std::ranges::find(declared_, name, &Declared::name);
  if (same != declared_.end()) {
    faults_.push_back({place, fmt::format("the name '{}' is taken", name),
                       "choose another; attributes, features, derived values and lists share one space"});
    return;
  }
  declared_.push_back({name, std::move(type), slot, unit});
}

void Names::declare_source_names(const Model& model, const std::vector<CompiledParameter>& parameters) {
  for (const payment::AttributeInfo& info : payment::attributes())
    declare(std::string(info.name), cel_type(scalar_of(info.type)), static_cast<std::uint32_t>(info.id),
            std::string(unit_name(info.unit)), {});
  for (std::uint32_t i = 0; i < model.attributes.size(); ++i) {
    const AttributeDefinition& own = model.attributes[i];
    declare(own.name, cel_type(own.type), add({SlotInfo::Kind::own, i, own.name, own.type, own.unit}),
            own.unit, own.place);
  }
  for (std::uint32_t i = 0; i < parameters.size(); ++i) {
    const ParameterDefinition& first = parameters[i].dated.front();
    const std::string name = "param." + parameters[i].name;
    declare(name, cel_type(type_of(first.value)),
            add({SlotInfo::Kind::parameter, i, name, type_of(first.value), first.unit}), first.unit,
            first.place);
  }
  for (std::uint32_t i = 0; i < time_names.size(); ++i) {
    const std::string name(time_names[i]);
    const std::string unit = i < 2 ? "ms" : "";
    declare(name, cel::Type::integer(), add({SlotInfo::Kind::time, i, name, ScalarType::integer, unit}), unit,
            {});
  }
}

void Names::declare_deciding_names(const Model& model) {
  for (std::uint32_t i = 0; i < model.registered.size(); ++i) {
    const RegisteredDefinition& fact = model.registered[i];
    const std::string name = "registered_" + fact.entity + "." + fact.name;
    declare(name, cel_type(fact.type), add({SlotInfo::Kind::registered, i, name, fact.type, fact.unit}),
            fact.unit, fact.place);
  }
  for (std::uint32_t i = 0; i < model.lists.size(); ++i) {
    const std::string name = "listed." + model.lists[i].name;
    declare(name, cel::Type::boolean(), add({SlotInfo::Kind::listed, i, name, ScalarType::boolean, ""}), "",
            model.lists[i].place);
  }
}

std::uint32_t Names::declare_value(SlotInfo::Kind kind, std::uint32_t index, const std::string& name,
                                   ScalarType type, const std::string& unit, const Place& place) {
  const std::uint32_t slot = add({kind, index, name, type, unit});
  declare(name, cel_type(type), slot, unit, place);
  return slot;
}

cel::Environment Names::environment() const {
  cel::Environment environment = cel::Environment::standard();
  environment.add_library(policy_functions());
  environment.allow_presence_of_variables();
  std::map<std::string, std::vector<cel::Variable>> records;
  for (const Declared& name : declared_) {
    const std::size_t dot = name.name.find('.');
    if (dot != std::string::npos) {
      records[name.name.substr(0, dot)].push_back(
          {name.name.substr(dot + 1), name.type, name.slot, name.unit});
      continue;
    }
    const core::Status status = environment.declare(name.name, name.type, name.slot, name.unit);
    if (!status) faults_.push_back({{}, status.error().to_string(), ""});
  }
  for (const auto& [name, fields] : records) {
    const core::Status status = environment.declare_record(name, fields);
    if (!status) faults_.push_back({{}, status.error().to_string(), ""});
  }
  return environment;
}

}  // namespace tillwatch::policy
