// What the interface offers: one row per operation of contracts/openapi.yaml, with the scope it needs, the
// body it takes and every status it can answer. Called by ApiHandler; a test holds the table against the
// contract.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/api_keys.h"
#include "http/message.h"

namespace tillwatch::api {

enum class Operation : std::uint8_t {
  decide,
  list_decisions,
  decide_batch,
  get_decision,
  send_event,
  get_policy,
  live,
  ready,
  metrics,
  contract,
};
inline constexpr std::size_t operation_count = 10;

struct Route {
  Operation operation;
  std::string_view name;  // operationId
  http::Method method;
  std::string_view path;                    // "{}" stands for one step
  Scopes scopes;                            // any of them opens; 0: no key is asked for
  std::size_t body_bytes_max;               // 0: no body is taken
  std::string_view media_type;              // of the body
  std::span<const int> statuses;            // of our own answers; the connection's own: connection_statuses()
  std::span<const std::string_view> query;  // names of parameters
};

std::span<const Route> routes();
// What edge/http answers by itself, to any request.
std::span<const int> connection_statuses();

// The route of a request; HEAD is GET without the body. `variable` gets the step that "{}" stands for.
struct Found {
  const Route* route = nullptr;  // nullptr: the path or the method is unknown
  bool path_known = false;
  std::string allow;  // methods of the path, where only the method is unknown
  std::string_view variable;
};
Found find_route(http::Method method, std::string_view path);

}  // namespace tillwatch::api
