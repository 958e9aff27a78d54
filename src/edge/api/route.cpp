#include "api/route.h"

#include <array>

#include "core/limits.h"

namespace tillwatch::api {
namespace {

using http::Method;

constexpr auto of_decide = std::to_array({200, 400, 401, 403, 409, 413, 415, 422, 500, 503});
constexpr auto of_batch = std::to_array({200, 400, 401, 403, 413, 415, 500, 503});
constexpr auto of_list = std::to_array({200, 400, 401, 403, 404, 413, 500, 503});
constexpr auto of_policy = std::to_array({200, 400, 401, 403, 413, 503});
constexpr auto of_open = std::to_array({200, 400, 413, 503});
constexpr auto of_connection = std::to_array({400, 405, 408, 413, 414, 417, 431, 501, 503, 505});

constexpr std::array<std::string_view, 1> record_query{"record"};
constexpr std::array<std::string_view, 3> list_query{"after", "limit", "request_id"};

constexpr Scopes of(Scope scope) {
  return static_cast<Scopes>(scope);
}
constexpr Scopes either(Scope a, Scope b) {
  return static_cast<Scopes>(of(a) | of(b));
}

constexpr std::size_t one = core::limits::http_body_bytes_max;
constexpr std::size_t many = core::limits::http_batch_body_bytes_max;
constexpr std::string_view json_type = "application/json";
constexpr std::string_view lines_type = "application/x-ndjson";

constexpr auto table = std::to_array<Route>({
    {Operation::decide, "decide", Method::post, "/v1/decisions", of(Scope::decide), one, json_type, of_decide,
     record_query},
    {Operation::list_decisions, "listDecisions", Method::get, "/v1/decisions",
     either(Scope::read, Scope::decide), 0, "", of_list, list_query},
    {Operation::decide_batch, "decideBatch", Method::post, "/v1/decisions:batch", of(Scope::decide), many,
     lines_type, of_batch, record_query},
    {Operation::get_decision,
     "getDecision",
     Method::get,
     "/v1/decisions/{}",
     of(Scope::read),
     0,
     "",
     of_list,
     {}},
    {Operation::send_event,
     "sendEvent",
     Method::post,
     "/v1/events",
     either(Scope::events, Scope::admin),
     one,
     json_type,
     of_decide,
     {}},
    {Operation::get_policy, "getPolicy", Method::get, "/v1/policy", of(Scope::read), 0, "", of_policy, {}},
    {Operation::live, "live", Method::get, "/health/live", 0, 0, "", of_open, {}},
    {Operation::ready, "ready", Method::get, "/health/ready", 0, 0, "", of_open, {}},
    {Operation::metrics, "metrics", Method::get, "/metrics", of(Scope::metrics), 0, "", of_policy, {}},
    {Operation::contract, "contract", Method::get, "/openapi.json", 0, 0, "", of_open, {}},
});
static_assert(table.size() == operation_count);

// Whether `path` is the pattern; `variable` gets what stands for "{}".
bool matches(std::string_view pattern, std::string_view path, std::string_view& variable) {
  const std::size_t hole = pattern.find("{}");
  if (hole == std::string_view::npos) return pattern == path;
  if (!path.starts_with(pattern.substr(0, hole))) return false;
  variable = path.substr(hole);
  return !variable.empty() && variable.find('/') == std::string_view::npos;
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

std::span<const int> connection_statuses() {
  return of_connection;
}

Found find_route(Method method, std::string_view path) {
  Found found;
  const Method asked = method == Method::head ? Method::get : method;
  for (const Route& route : table) {
    std::string_view variable;
    if (!matches(route.path, path, variable)) continue;
    found.path_known = true;
    if (route.method == asked) {
      found.route = &route;
      found.variable = variable;
      return found;
    }
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += route.method == Method::get ? "GET, HEAD" : std::string(http::name_of(route.method));
  }
  return found;
}

}  // namespace tillwatch::api
