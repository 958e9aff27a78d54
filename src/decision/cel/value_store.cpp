// Deep copies of values. Called for constants of programs and for bindings.
#include "cel/value_store.h"

namespace tillwatch::cel {

std::string_view ValueStore::keep_text(std::string_view text) {
  return texts_.emplace_back(text);
}

Value ValueStore::keep_list(std::vector<Value> items) {
  return Value::list(lists_.emplace_back(std::move(items)));
}

Value ValueStore::keep_map(std::vector<MapEntry> entries) {
  return Value::map(maps_.emplace_back(std::move(entries)));
}

Value ValueStore::keep(const Value& value) {
  switch (value.kind) {
    case Kind::text:
      return Value::text(keep_text(value.view()));
    case Kind::bytes:
      return Value::bytes(keep_text(value.view()));
    case Kind::type:
      return Value::type(keep_text(value.view()));
    case Kind::list: {
      std::vector<Value> items;
      for (const Value& item : value.elements()) items.push_back(keep(item));
      return keep_list(std::move(items));
    }
    case Kind::map: {
      std::vector<MapEntry> entries;
      for (const MapEntry& entry : value.pairs()) entries.push_back({keep(entry.key), keep(entry.value)});
      return keep_map(std::move(entries));
    }
    case Kind::optional:
      return value.has_content() ? Value::some(lists_.emplace_back(1, keep(*value.items)).data())
                                 : Value::none();
    case Kind::unknown: {
      if (value.size < 2) return value;
      Value copy = value;
      copy.slots = slots_.emplace_back(value.slots, value.slots + value.size).data();
      return copy;
    }
    case Kind::error:
      return Value::error(&errors_.emplace_back(
          ErrorBody{value.failure->kind, value.failure->at, keep_text(value.failure->message)}));
    default:
      return value;
  }
}

}  // namespace tillwatch::cel
