#include "desk/act_answer.h"

#include <optional>

#include "json/writer.h"
#include "relay/outbox.h"

namespace tillwatch::desk {
namespace {

http::Response answer_of(std::string_view members, std::int64_t act, bool effective, std::string_view refusal,
                         int status) {
  std::string text = "{" + std::string(members) + (members.empty() ? "" : ",");
  text += "\"act\":" + std::to_string(act) + ",\"effective\":" + (effective ? "true" : "false");
  if (!refusal.empty()) {
    text += ",\"refusal\":";
    json::append_quoted(text, refusal);
  }
  return json_answer(text + "}", status);
}

}  // namespace

Answer act_answer(const Call& call, std::string members, std::int64_t act, int status) {
  if (act == 0) return answer_of(members, 0, true, "", status);
  if (call.parameter(wait_parameter) != "effective") return answer_of(members, act, false, "", status);
  return Wait{.ask = [members = std::move(members), act, status](sql::Connection& connection,
                                                                 bool late) -> std::optional<http::Response> {
    const auto effect = relay::effect_of(connection, act);
    if (effect && *effect) return answer_of(members, act, true, (*effect)->refusal, status);
    if (late) return answer_of(members, act, false, "", status);
    return std::nullopt;
  }};
}

}  // namespace tillwatch::desk
