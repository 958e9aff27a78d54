// One line of `tillwatch cel --batch`. Called by cel_command and the conformance test.
#include "cel_batch.h"

#include "cel_session.h"
#include "json/reader.h"
#include "json/writer.h"

namespace tillwatch {
namespace {

std::string refusal(const std::string& message) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("error").begin_object().member("message", message);
  writer.member("line", 0).member("column", 0).end_object().end_object();
  return out;
}

json::Bounds line_bounds() {
  json::Bounds bounds;
  bounds.bytes_max = 16 * 1024 * 1024;
  bounds.depth_max = 200;
  bounds.members_max = 4096;
  bounds.elements_max = core::limits::cel_list_items_max;
  bounds.string_bytes_max = 1024 * 1024;
  return bounds;
}

core::Result<bool> wish(const json::View& root, std::string_view name) {
  const auto member = root.find(name);
  if (!member) return false;
  return member->as_boolean();
}

core::Result<std::string> answer(std::string_view line, cel::Zones* zones) {
  json::Reader reader(line_bounds());
  TRY(root, reader.parse(line));
  TRY(expression, root.at("expr"));
  TRY(source, expression.as_string());
  CelSession session(zones);
  if (const auto bindings = root.find("bindings")) TRY_STATUS(session.bind_all(*bindings));
  if (const auto unknowns = root.find("unknowns")) {
    for (const json::View element : unknowns->elements()) {
      TRY(name, element.as_string());
      TRY_STATUS(session.bind(name, cel::Value::unknown()));
    }
  }
  if (const auto types = root.find("declare")) TRY_STATUS(session.declare_all(*types));
  TRY(unchecked, wish(root, "unchecked"));
  TRY(check, wish(root, "check"));
  return check ? session.type_json(source, unchecked) : session.evaluate(source, unchecked).json;
}

}  // namespace

std::string answer_cel_line(std::string_view line, cel::Zones* zones) {
  const auto result = answer(line, zones);
  return result ? *result : refusal(result.error().to_string());
}

}  // namespace tillwatch
