// Hostile bytes into the JSON reader: simdjson and the fault finder agree on what is acceptable, every node's
// pointer can be found, and what was read and written again reads the same. Called by the fuzzer and by the
// corpus replay.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "json/fault.h"
#include "json/reader.h"
#include "json/utf8.h"
#include "json/writer.h"

namespace {

using namespace tillwatch;

void copy(json::View from, json::Writer& to) {
  switch (from.kind()) {
    case json::Kind::null:
      to.null();
      break;
    case json::Kind::boolean:
      to.value(from.as_boolean().value());
      break;
    case json::Kind::integer:
      to.value(from.as_integer().value());
      break;
    case json::Kind::unsigned_integer:
      to.value(from.as_unsigned().value());
      break;
    case json::Kind::number:
      to.value(from.as_double().value());
      break;
    case json::Kind::string:
      to.value(from.as_string().value());
      break;
    case json::Kind::array:
      to.begin_array();
      for (const json::View element : from.elements()) copy(element, to);
      to.end_array();
      break;
    case json::Kind::object:
      to.begin_object();
      for (const auto& [name, value] : from.members()) {
        CHECK(from.find(name)->place().index == value.place().index);
        copy(value, to.key(name));
      }
      to.end_object();
      break;
  }
  CHECK(json::is_utf8(from.pointer()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  json::Bounds bounds;
  bounds.bytes_max = 4096;
  bounds.depth_max = 6;
  bounds.members_max = 8;
  bounds.elements_max = 8;
  bounds.string_bytes_max = 32;
  json::Reader reader(bounds);
  const auto root = reader.parse(text);
  CHECK(root.has_value() == !json::find_fault(text, bounds).has_value());
  if (!root) return 0;
  std::string once;
  json::Writer writer(once);
  copy(*root, writer);
  CHECK(writer.complete());
  bounds.bytes_max = once.size();  // escapes may make it longer
  json::Reader again(bounds);
  const auto second = again.parse(once);
  CHECK(second.has_value());
  std::string twice;
  json::Writer rewriter(twice);
  copy(*second, rewriter);
  CHECK(once == twice);
  return 0;
}
