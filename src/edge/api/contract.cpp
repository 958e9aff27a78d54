#include "api/contract.h"

#include "json/writer.h"
#include "yaml/yaml.h"

namespace tillwatch::api {
namespace {

void write(json::Writer& out, const yaml::Node& node) {
  std::int64_t integer = 0;
  double decimal = 0;
  bool flag = false;
  switch (node.kind) {
    case yaml::Node::Kind::null:
      out.null();
      break;
    case yaml::Node::Kind::scalar:
      if (node.quoted)
        out.value(std::string_view(node.scalar));
      else if (yaml::as_integer(node, integer))
        out.value(integer);
      else if (yaml::as_decimal(node, decimal))
        out.value(decimal);
      else if (yaml::as_boolean(node, flag))
        out.value(flag);
      else
        out.value(std::string_view(node.scalar));
      break;
    case yaml::Node::Kind::sequence:
      out.begin_array();
      for (const yaml::Node& item : node.items) write(out, item);
      out.end_array();
      break;
    case yaml::Node::Kind::mapping:
      out.begin_object();
      for (const auto& [name, value] : node.members) {
        out.key(name.scalar);
        write(out, value);
      }
      out.end_object();
      break;
  }
}

}  // namespace

core::Result<std::string> json_of_yaml(std::string_view yaml, std::string_view file) {
  TRY(root, yaml::parse(yaml, file));
  std::string text;
  json::Writer out(text);
  write(out, root);
  return text;
}

}  // namespace tillwatch::api
