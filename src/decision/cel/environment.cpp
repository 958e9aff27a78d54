// Names, types and slots of an expression's world. Called by the resolver and by whoever declares.
#include "cel/environment.h"

#include <algorithm>

#include "cel/library.h"
#include "cel/parser.h"

namespace tillwatch::cel {
namespace {

bool is_name(std::string_view text) {
  bool start = true;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (c == '.') {
      if (start) return false;
      start = true;
    } else if (letter || (!start && c >= '0' && c <= '9')) {
      start = false;
    } else {
      return false;
    }
  }
  return !start;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) before[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, before[j] + 1, row[j - 1] + 1});
      // Two letters the wrong way round are one mistake.
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && a[i - 1] != b[j - 1])
        row[j] = std::min(row[j], change);
    }
    std::swap(before, row);
  }
  return before[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  constexpr std::size_t length_max = 128;
  // Every one-letter name is near every other.
  if (name.size() < 2 || name.size() > length_max) return {};
  std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > length_max || candidate == name) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= best) continue;
    best = distance;
    found = candidate;
  }
  return found;
}

Environment Environment::standard() {
  Environment environment;
  for (const std::span<const Function> library : standard_libraries()) environment.add_library(library);
  return environment;
}

core::Status Environment::declare(std::string_view name, Type type, std::uint32_t slot,
                                  std::string_view unit) {
  const std::string where(name);
  if (!is_name(name))
    return core::fail(core::ErrorCode::invalid, where, "is not a name: letters, digits, _ and dots");
  if (is_reserved_word(name)) return core::fail(core::ErrorCode::invalid, where, "is a reserved word");
  if (variables_.contains(name)) return core::fail(core::ErrorCode::conflict, where, "is declared twice");
  variables_.emplace(where, Variable{where, std::move(type), slot, std::string(unit)});
  return {};
}

core::Status Environment::declare_record(std::string_view name, std::span<const Variable> fields) {
  if (!is_name(name)) return core::fail(core::ErrorCode::invalid, std::string(name), "is not a name");
  for (const Variable& field : fields)
    TRY_STATUS(declare(std::string(name) + "." + field.name, field.type, field.slot, field.unit));
  records_.insert(std::string(name));
  return {};
}

void Environment::add_library(std::span<const Function> functions) {
  libraries_.push_back(functions);
}

const Variable* Environment::find(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? nullptr : &found->second;
}

const Function* Environment::find_function(std::string_view name, bool member) const {
  for (const auto library : libraries_)
    for (const Function& function : library)
      if (function.member == member && function.name == name) return &function;
  return nullptr;
}

bool Environment::is_namespace(std::string_view name) const {
  for (const auto library : libraries_)
    for (const Function& function : library)
      if (!function.member && function.name.size() > name.size() && function.name.starts_with(name) &&
          function.name[name.size()] == '.')
        return true;
  return false;
}

std::string Environment::nearest_variable(std::string_view name) const {
  return nearest_name(name, variable_names());
}

std::string Environment::nearest_function(std::string_view name, bool member) const {
  std::vector<std::string> names;
  for (const auto library : libraries_)
    for (const Function& function : library)
      if (function.member == member && function.name.find('_') != 0) names.emplace_back(function.name);
  if (member)
    for (const std::string_view macro : {"all", "exists", "exists_one", "map", "filter", "transformList",
                                         "transformMap", "transformMapEntry", "optMap", "optFlatMap"})
      names.emplace_back(macro);
  return nearest_name(name, names);
}

std::vector<std::string> Environment::variable_names() const {
  std::vector<std::string> names;
  for (const auto& [name, variable] : variables_) names.push_back(name);
  return names;
}

std::string Environment::name_of_slot(std::uint32_t slot) const {
  for (const auto& [name, variable] : variables_)
    if (variable.slot == slot) return name;
  return "slot " + std::to_string(slot);
}

}  // namespace tillwatch::cel
