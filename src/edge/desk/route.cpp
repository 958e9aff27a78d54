#include "desk/route.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "http/target.h"

namespace tillwatch::desk {
namespace {

constexpr std::size_t variable_bytes_max = 256;

// The steps of a pattern; a variable's is "".
std::vector<std::string> steps_of(std::string_view pattern) {
  auto steps = http::split_path(pattern);
  CHECK(steps.has_value());
  for (std::string& step : *steps) {
    CHECK(!step.empty());
    if (step.front() == '{') {
      CHECK(step.back() == '}');
      step.clear();
    }
  }
  return *std::move(steps);
}

// Whether the path is the pattern; `variables` gets what stands for its holes.
bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path,
             std::vector<std::string>& variables) {
  if (pattern.size() != path.size()) return false;
  variables.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!pattern[i].empty()) {
      if (pattern[i] != path[i]) return false;
    } else {
      if (path[i].empty() || path[i].size() > variable_bytes_max) return false;
      variables.push_back(path[i]);
    }
  }
  return true;
}

// Fixed steps go before variables: /desk/decisions/export is not a decision named "export".
std::size_t variables_in(const Routes::Row& row) {
  return static_cast<std::size_t>(std::ranges::count(row.steps, std::string()));
}

}  // namespace

void Routes::add(Route route, Function function) {
  CHECK(route.path.starts_with("/desk/") && !route.right.empty() && function != nullptr);
  CHECK(route.method != http::Method::get || route.store != Store::write);
  Row row{std::move(route), std::move(function), {}};
  row.steps = steps_of(row.route.path);
  for (const Row& other : rows_) {
    CHECK(other.route.name != row.route.name);
    CHECK(other.steps != row.steps || other.route.method != row.route.method);
  }
  rows_.push_back(std::move(row));
}

Routes::Found Routes::find(http::Method method, std::string_view path) const {
  Found found;
  const auto steps = http::split_path(path);
  if (!steps) return found;
  const http::Method asked = method == http::Method::head ? http::Method::get : method;
  std::vector<std::string> variables;
  for (const Row& row : rows_) {
    if (!matches(row.steps, *steps, variables)) continue;
    found.path_known = true;
    if (row.route.method == asked) {
      if (found.row != nullptr && variables_in(*found.row) <= variables_in(row)) continue;
      found.row = &row;
      found.variables = variables;
      continue;
    }
    if (!found.allow.empty()) found.allow += ", ";
    found.allow +=
        row.route.method == http::Method::get ? "GET, HEAD" : std::string(http::name_of(row.route.method));
  }
  return found;
}

std::vector<int> implied_statuses(const Route& route) {
  std::vector<int> statuses = {400, 403, 405, 408, 413, 414, 417, 431, 500, 501, 503, 505};
  if (route.right != open_to_all) statuses.push_back(401);
  if (route.path.find('{') != std::string_view::npos) statuses.push_back(404);
  if (route.body_bytes_max > 0) statuses.push_back(415);
  return statuses;
}

}  // namespace tillwatch::desk
