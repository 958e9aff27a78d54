// The contract and the code, held against each other both ways.
#include "api/contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "api/problems.h"
#include "api/route.h"
#include "door/attribute_rule.h"
#include "json/reader.h"
#include "payment/attribute.h"
#include "payment/entry.h"

namespace tillwatch::api {
namespace {

class ContractTest : public ::testing::Test {
 protected:
  ContractTest() {
    json_ = json_of_yaml(openapi_yaml, "openapi.yaml").value();
    root_.emplace(reader_.parse(json_).value());
  }
  // The value at "a/b/c"; a reference is followed.
  json::View at(std::string_view path) {
    json::View view = *root_;
    while (!path.empty()) {
      const std::size_t slash = std::min(path.find('|'), path.size());
      auto next = view.find(path.substr(0, slash));
      EXPECT_TRUE(next.has_value()) << path;
      if (!next) return view;
      view = *next;
      path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return view;
  }
  static std::set<std::string> names(const json::View& object) {
    std::set<std::string> found;
    for (const json::Member& member : object.members()) found.emplace(member.name);
    return found;
  }
  static std::set<std::string> words(const json::View& array) {
    std::set<std::string> found;
    for (const json::View& element : array.elements()) found.emplace(element.as_string().value());
    return found;
  }
  static std::string method_of(const Route& route) {
    return route.method == http::Method::get ? "get" : "post";
  }
  static std::string path_of(const Route& route) {
    std::string path(route.path);
    if (const std::size_t hole = path.find("{}"); hole != std::string::npos)
      path.replace(hole, 2, "{decision_id}");
    return path;
  }

  json::Bounds bounds_{.bytes_max = 4 << 20, .depth_max = 40, .members_max = 1024, .string_bytes_max = 4096};
  json::Reader reader_{bounds_};
  std::string json_;
  std::optional<json::View> root_;
};

TEST_F(ContractTest, EveryOperationIsInTheCodeAndTheOtherWayRound) {
  std::set<std::string> written;
  for (const json::Member& path : at("paths").members()) {
    if (path.name.starts_with("/desk/")) continue;  // src/edge/desk/contract_test.cpp
    for (const json::Member& operation : path.value.members())
      written.insert(std::string(operation.name) + " " + std::string(path.name) + " " +
                     std::string(operation.value.at("operationId").value().as_string().value()));
  }
  std::set<std::string> coded;
  for (const Route& route : routes())
    coded.insert(method_of(route) + " " + path_of(route) + " " + std::string(route.name));
  EXPECT_EQ(coded, written);
}

TEST_F(ContractTest, EveryStatusOfARouteIsWrittenAndNoOther) {
  for (const Route& route : routes()) {
    std::set<std::string> coded;
    for (const int status : route.statuses) coded.insert(std::to_string(status));
    for (const int status : connection_statuses()) coded.insert(std::to_string(status));
    EXPECT_EQ(coded, names(at("paths|" + path_of(route) + "|" + method_of(route) + "|responses")))
        << route.name;
  }
}

TEST_F(ContractTest, ParametersBodiesAndScopes) {
  for (const Route& route : routes()) {
    const json::View operation = at("paths|" + path_of(route) + "|" + method_of(route));
    std::set<std::string> query;
    if (const auto parameters = operation.find("parameters"))
      for (const json::View& parameter : parameters->elements()) {
        const auto reference = parameter.find("$ref");
        if (reference && reference->as_string().value() == "#/components/parameters/Record")
          query.insert("record");
        const auto in = parameter.find("in");
        if (in && in->as_string().value() == "query")
          query.emplace(parameter.at("name").value().as_string().value());
      }
    EXPECT_EQ(query, std::set<std::string>(route.query.begin(), route.query.end())) << route.name;
    const auto body = operation.find("requestBody");
    ASSERT_EQ(body.has_value(), route.body_bytes_max > 0) << route.name;
    if (body) {
      EXPECT_EQ(names(body->at("content").value()), std::set<std::string>{std::string(route.media_type)});
    }
    EXPECT_EQ(operation.find("security").has_value(), route.scopes == 0) << route.name;
  }
}

TEST_F(ContractTest, EveryProblemTypeIsWritten) {
  std::set<std::string> coded{"about:blank"};
  for (std::size_t i = 0; i < problem_type_count; ++i) coded.insert(type_of(static_cast<ProblemType>(i)));
  EXPECT_EQ(coded, words(at("components|schemas|Problem|properties|type|enum")));
}

TEST_F(ContractTest, TheEventHasEveryAttributeThatMayComeFromOutside) {
  std::set<std::string> coded{"kind",
                              "time",
                              "card.number",
                              "card.token",
                              "card.token_namespace",
                              "card.masked",
                              "location.latitude",
                              "location.longitude",
                              "registry.fields"};
  for (const payment::AttributeInfo& info : payment::attributes())
    if (!info.internal) coded.emplace(info.name);
  std::set<std::string> written;
  for (const json::Member& member : at("components|schemas|Event|properties").members()) {
    const auto inner = member.value.find("properties");
    if (!inner) {
      written.emplace(member.name);
      continue;
    }
    for (const json::Member& leaf : inner->members())
      written.insert(std::string(member.name) + "." + std::string(leaf.name));
  }
  EXPECT_EQ(coded, written);
}

TEST_F(ContractTest, VocabulariesAreTheDoors) {
  for (const payment::AttributeInfo& info : payment::attributes()) {
    const std::string words_of_door = door::vocabulary_of(info.id);
    if (words_of_door.empty() || info.internal) continue;
    const std::size_t dot = info.name.find('.');
    const json::View written =
        at("components|schemas|Event|properties|" + std::string(info.name.substr(0, dot)) + "|properties|" +
           std::string(info.name.substr(dot + 1)) + "|enum");
    std::string joined;
    for (const json::View& word : written.elements())
      joined += (joined.empty() ? "" : ", ") + std::string(word.as_string().value());
    EXPECT_EQ(joined, words_of_door) << info.name;
  }
  for (const std::string& kind : words(at("components|schemas|Event|properties|kind|enum")))
    EXPECT_NE(payment::find_entry_kind(kind), nullptr) << kind;
}

TEST_F(ContractTest, EveryReferenceLeadsSomewhere) {
  std::size_t seen = 0;
  for (std::size_t from = json_.find("\"#/"); from != std::string::npos;
       from = json_.find("\"#/", from + 1)) {
    std::string path = json_.substr(from + 3, json_.find('"', from + 1) - from - 3);
    std::ranges::replace(path, '/', '|');
    at(path);
    ++seen;
  }
  EXPECT_GT(seen, 50u);
}

TEST(JsonOfYaml, TypesAndQuotes) {
  EXPECT_EQ(
      json_of_yaml("a: 1\nb: \"1\"\nc: 1.5\nd: true\ne: null\nf: [x, -2]\n200: {}\ng: 3.1.0\n", "f").value(),
      "{\"a\":1,\"b\":\"1\",\"c\":1.5,\"d\":true,\"e\":null,\"f\":[\"x\",-2],\"200\":{},\"g\":\"3.1.0\"}");
  EXPECT_FALSE(json_of_yaml("a: [", "f").has_value());
}

TEST(Routes, PathsAndMethods) {
  EXPECT_EQ(find_route(http::Method::post, "/v1/decisions").route->operation, Operation::decide);
  EXPECT_EQ(find_route(http::Method::head, "/v1/decisions").route->operation, Operation::list_decisions);
  EXPECT_EQ(find_route(http::Method::post, "/v1/decisions:batch").route->operation, Operation::decide_batch);
  const Found one = find_route(http::Method::get, "/v1/decisions/dec_1");
  ASSERT_NE(one.route, nullptr);
  EXPECT_EQ(one.route->operation, Operation::get_decision);
  EXPECT_EQ(one.variable, "dec_1");
  for (const std::string_view path :
       {"/", "/v1", "/v1/decisions/", "/v1/decisions/a/b", "/v1/decisionsx", "*"}) {
    EXPECT_EQ(find_route(http::Method::get, path).route, nullptr) << path;
    EXPECT_FALSE(find_route(http::Method::get, path).path_known) << path;
  }
  const Found wrong = find_route(http::Method::remove, "/v1/decisions");
  EXPECT_EQ(wrong.route, nullptr);
  EXPECT_TRUE(wrong.path_known);
  EXPECT_EQ(wrong.allow, "POST, GET, HEAD");
}

}  // namespace
}  // namespace tillwatch::api
