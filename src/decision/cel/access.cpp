// Reading into lists, maps and optionals. Called by both evaluators.
#include "cel/access.h"

#include <optional>

#include "cel/compare.h"

namespace tillwatch::cel {
namespace {

// The position that a number names in a list of this size; nullopt for anything else.
std::optional<std::uint32_t> position(const Value& list, const Value& key) {
  if (!key.is_number()) return std::nullopt;
  if (compare_numbers(key, Value::integer(0)) < 0) return std::nullopt;
  if (!(compare_numbers(key, Value::integer(list.size)) < 0)) return std::nullopt;
  if (key.kind == Kind::integer) return static_cast<std::uint32_t>(key.i);
  if (key.kind == Kind::uinteger) return static_cast<std::uint32_t>(key.u);
  const auto whole = static_cast<std::uint32_t>(key.d);
  return static_cast<double>(whole) == key.d ? std::optional(whole) : std::nullopt;
}

Value no_key(Run& run, const Value& key) {
  if (key.kind == Kind::text) return run.fail(ErrorKind::no_such_key, "no such key: ", key.view());
  if (!is_key(key) && key.kind != Kind::real)
    return run.fail(ErrorKind::no_such_overload, "a map is not indexed by ", type_name(key));
  return run.fail(ErrorKind::no_such_key, "no such key in the map");
}

Value in_list(Run& run, const Value& list, const Value& key) {
  if (const auto at = position(list, key)) return list.items[*at];
  if (!key.is_number())
    return run.fail(ErrorKind::no_such_overload, "a list is not indexed by ", type_name(key));
  return run.fail(ErrorKind::no_such_key, "the index is outside the list");
}

// The item of a list or map, absent where there is none, an error where the operand or the key cannot be.
Value look(Run& run, const Value& container, const Value& key) {
  if (container.kind == Kind::list) {
    if (!key.is_number()) return in_list(run, container, key);
    const auto at = position(container, key);
    return at ? container.items[*at] : Value{};
  }
  if (container.kind == Kind::map) {
    if (key.kind == Kind::text && !run.spend(key.size / 16)) return run.out_of_budget();
    const MapEntry* entry = find_key(container, key);
    if (entry != nullptr) return entry->value;
    return is_key(key) || key.kind == Kind::real ? Value{} : no_key(run, key);
  }
  return run.fail(ErrorKind::no_such_overload, "no item can be taken from ", type_name(container));
}

Value as_optional(Run& run, const Value& found) {
  if (found.kind == Kind::absent) return Value::none();
  return found.is_error() ? found : run.some(found);
}

}  // namespace

Value index_value(Run& run, const Value& container, const Value& key) {
  if (container.kind == Kind::list) return in_list(run, container, key);
  if (container.kind == Kind::map) {
    if (key.kind == Kind::text && !run.spend(key.size / 16)) return run.out_of_budget();
    const MapEntry* entry = find_key(container, key);
    return entry != nullptr ? entry->value : no_key(run, key);
  }
  if (container.kind == Kind::optional) return index_optional(run, container, key);
  return run.fail(ErrorKind::no_such_overload, "no item can be taken from ", type_name(container));
}

Value index_optional(Run& run, const Value& container, const Value& key) {
  if (container.kind == Kind::optional)
    return container.has_content() ? as_optional(run, look(run, *container.items, key)) : Value::none();
  return as_optional(run, look(run, container, key));
}

Value select_field(Run& run, const Value& operand, std::string_view name) {
  if (operand.kind == Kind::map) {
    const MapEntry* entry = find_key(operand, Value::text(name));
    return entry != nullptr ? entry->value : run.fail(ErrorKind::no_such_key, "no such key: ", name);
  }
  if (operand.kind == Kind::optional) return select_optional(run, operand, name);
  return run.fail(ErrorKind::no_such_overload, "there are no fields in ", type_name(operand));
}

Value select_optional(Run& run, const Value& operand, std::string_view name) {
  if (operand.kind == Kind::optional)
    return operand.has_content() ? select_optional(run, *operand.items, name) : Value::none();
  if (operand.kind != Kind::map)
    return run.fail(ErrorKind::no_such_overload, "there are no fields in ", type_name(operand));
  return as_optional(run, look(run, operand, Value::text(name)));
}

Value has_field(Run& run, const Value& operand, std::string_view name) {
  if (operand.kind == Kind::optional)
    return operand.has_content() ? has_field(run, *operand.items, name) : Value::boolean(false);
  if (operand.kind != Kind::map)
    return run.fail(ErrorKind::no_such_overload, "has() asks for a field, but there are none in ",
                    type_name(operand));
  return Value::boolean(find_key(operand, Value::text(name)) != nullptr);
}

}  // namespace tillwatch::cel
