// The desk's part of contracts/openapi.yaml and the table of routes, held against each other both ways.
#include "api/contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "access/proposal.h"
#include "desk/problems.h"
#include "desk/route_table.h"
#include "json/reader.h"

namespace tillwatch::desk {
namespace {

class DeskContractTest : public ::testing::Test {
 protected:
  DeskContractTest() : json_(api::json_of_yaml(api::openapi_yaml, "openapi.yaml").value()) {
    root_.emplace(reader_.parse(json_).value());
  }
  // The operation of a route; nullopt where the contract has none.
  std::optional<json::View> operation_of(const Route& route) {
    const auto path = root_->find("paths")->find(route.path);
    return path ? path->find(method_of(route)) : std::nullopt;
  }
  static std::string method_of(const Route& route) {
    std::string method(http::name_of(route.method));
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    return method;
  }
  static std::string text_of(const json::View& view) { return std::string(view.as_string().value()); }

  json::Reader reader_{
      json::Bounds{.bytes_max = 4 << 20, .depth_max = 40, .members_max = 1024, .string_bytes_max = 4096}};
  std::string json_;
  std::optional<json::View> root_;
  Routes routes_ = all_routes({});
};

TEST_F(DeskContractTest, EveryOperationIsInTheCodeAndTheOtherWayRound) {
  std::set<std::string> written;
  for (const json::Member& path : root_->find("paths")->members()) {
    if (!path.name.starts_with("/desk/")) continue;
    for (const json::Member& operation : path.value.members())
      written.insert(std::string(operation.name) + " " + std::string(path.name) + " " +
                     text_of(operation.value.at("operationId").value()));
  }
  std::set<std::string> coded;
  for (const Routes::Row& row : routes_.rows())
    coded.insert(method_of(row.route) + " " + std::string(row.route.path) + " " +
                 std::string(row.route.name));
  EXPECT_EQ(coded, written);
}

TEST_F(DeskContractTest, StatusesParametersBodiesAndRights) {
  for (const Routes::Row& row : routes_.rows()) {
    const Route& route = row.route;
    const auto operation = operation_of(route);
    if (!operation) continue;  // told by the test above
    std::set<std::string> coded{"default"};
    for (const int status : route.statuses) coded.insert(std::to_string(status));
    std::set<std::string> written;
    for (const json::Member& member : operation->at("responses").value().members())
      written.emplace(member.name);
    EXPECT_EQ(coded, written) << route.name;

    std::set<std::string> query;
    std::size_t variables = 0;
    if (const auto parameters = operation->find("parameters")) {
      for (const json::View& element : parameters->elements()) {
        json::View parameter = element;
        if (const auto reference = element.find("$ref")) {
          const std::string name = text_of(*reference).substr(std::string("#/components/parameters/").size());
          parameter = root_->find("components")->find("parameters")->at(name).value();
        }
        const std::string in = text_of(parameter.at("in").value());
        if (in == "query") query.insert(text_of(parameter.at("name").value()));
        if (in == "path") ++variables;
      }
    }
    EXPECT_EQ(query, std::set<std::string>(route.query.begin(), route.query.end())) << route.name;
    EXPECT_EQ(variables, static_cast<std::size_t>(std::ranges::count(route.path, '{'))) << route.name;
    EXPECT_EQ(operation->find("requestBody").has_value(), route.body_bytes_max > 0) << route.name;
    EXPECT_EQ(text_of(operation->at("x-right").value()), route.right) << route.name;
    EXPECT_EQ(operation->at("security").value().size(), route.right == open_to_all ? 0u : 1u) << route.name;
  }
}

TEST_F(DeskContractTest, EveryProblemTypeIsWritten) {
  std::set<std::string> coded{"about:blank"};
  for (std::size_t i = 0; i < problem_count; ++i) coded.insert(type_of(static_cast<Problem>(i)));
  std::set<std::string> written;
  const json::View schemas = root_->find("components")->at("schemas").value();
  const json::View kinds =
      schemas.at("DeskProblem").value().at("properties").value().at("type").value().at("enum").value();
  for (const json::View& kind : kinds.elements()) written.insert(text_of(kind));
  EXPECT_EQ(coded, written);
}

TEST_F(DeskContractTest, EveryKindOfChangeIsWritten) {
  std::set<std::string> coded;
  for (const access::ChangeKind& kind : access::change_kinds()) coded.emplace(kind.name);
  std::set<std::string> written;
  const json::View schemas = root_->find("components")->at("schemas").value();
  const json::View kinds = schemas.at("ChangeKind").value().at("enum").value();
  for (const json::View& kind : kinds.elements()) written.insert(text_of(kind));
  EXPECT_EQ(coded, written);
}

TEST_F(DeskContractTest, ImpliedAnswersAreThoseThatTheContractSays) {
  const std::string said =
      text_of(root_->find("components")->find("responses")->find("DeskProblem")->at("description").value());
  std::set<int> all;
  const Route everything{.name = "x", .path = "/desk/{id}", .right = "x", .body_bytes_max = 1};
  for (const int status : implied_statuses(everything))
    EXPECT_NE(said.find(std::to_string(status)), std::string::npos) << status;
}

}  // namespace
}  // namespace tillwatch::desk
