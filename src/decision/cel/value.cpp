// Names of the types of values. Called by type(), messages and the batch output.
#include "cel/value.h"

namespace tillwatch::cel {

std::string_view type_name(const Value& value) {
  switch (value.kind) {
    case Kind::absent:
      return "absent";
    case Kind::null:
      return "null_type";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::uinteger:
      return "uint";
    case Kind::real:
      return "double";
    case Kind::text:
      return "string";
    case Kind::bytes:
      return "bytes";
    case Kind::timestamp:
      return "google.protobuf.Timestamp";
    case Kind::duration:
      return "google.protobuf.Duration";
    case Kind::list:
      return "list";
    case Kind::map:
      return "map";
    case Kind::optional:
      return "optional_type";
    case Kind::type:
      return "type";
    case Kind::unknown:
      return "unknown";
    case Kind::error:
      return "error";
  }
  return "error";
}

}  // namespace tillwatch::cel
