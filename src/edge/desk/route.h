// The table of what the desk offers: one row per operation of contracts/openapi.yaml whose path begins with
// /desk/, with the right it needs and every status it answers by its own will. Filled by the *_routes.cpp of
// each subject, asked by Handler; a test holds it against the contract, both ways. Never decides who may
// what.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/limits.h"
#include "desk/call.h"
#include "http/message.h"

namespace tillwatch::desk {

// What stands in Route::right beside the names of rights.
inline constexpr std::string_view open_to_all = "open";     // strangers too: log-in, first run
inline constexpr std::string_view any_account = "account";  // whoever is signed in

// What Handler opens around a route's function.
enum class Store : std::uint8_t {
  read,   // one read transaction: every query of the answer sees the same instant
  write,  // one write transaction, committed where the answer's status is below 400; tried again whole where
          // the database says `unavailable`, so the function must have no other effect
  own,    // none: the function opens its own (where a refusal leaves a trace, or work takes long)
};

using Function = std::function<core::Result<Answer>(Call&)>;

struct Route {
  std::string_view name;  // operationId
  http::Method method = http::Method::get;
  std::string_view path;   // "/desk/alerts/{id}/verdict"
  std::string_view right;  // "alerts.work", any_account or open_to_all
  Store store = Store::read;
  std::size_t body_bytes_max = 0;                                    // 0: no body is taken
  std::size_t text_bytes_max = core::limits::json_string_bytes_max;  // of one text in the body
  std::vector<std::string_view> query = {};                          // names of parameters
  // What the function answers, refusals of its own included (404, 409, 422 where it gives them). What Handler
  // and edge/http answer for any route is implied_statuses().
  std::vector<int> statuses = {200};
};

inline constexpr std::size_t body_bytes_default = 64 * 1024;

class Routes {
 public:
  struct Row {
    Route route;
    Function function;
    std::vector<std::string> steps;  // "" stands for a variable
  };
  // CHECKs that name, method and path are new and that the path begins with /desk/.
  void add(Route route, Function function);

  struct Found {
    const Row* row = nullptr;  // nullptr: the path or the method is unknown
    bool path_known = false;
    std::string allow;                   // methods of the path, where only the method is unknown
    std::vector<std::string> variables;  // decoded, in order; never empty texts
  };
  // HEAD is GET without the body.
  Found find(http::Method method, std::string_view path) const;
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

// What can be answered for a route without its function: malformed requests, limits, log-in, rights, a
// failing database. The contract says them once, as the response `default`.
std::vector<int> implied_statuses(const Route& route);

}  // namespace tillwatch::desk
