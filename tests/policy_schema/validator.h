// JSON Schema for the tests of our own schemas: as much of it as they use. Called by tests/policy_schema and
// tests/world_schema. No general validator.
#pragma once

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "yaml/yaml.h"

namespace tillwatch::json_schema {

using yaml::Node;

// JSON is YAML, so that one tree serves both.
class Validator {
 public:
  explicit Validator(const std::string& schema) {
    auto root = yaml::parse(schema, "schema");
    EXPECT_TRUE(root) << (root ? "" : root.error().to_string());
    if (root) root_ = std::move(*root);
  }
  bool valid(const Node& value) const { return holds(root_, value); }

 private:
  static bool is(const Node& value, const std::string& type) {
    std::int64_t whole = 0;
    double decimal = 0;
    bool flag = false;
    if (type == "object") return value.kind == Node::Kind::mapping;
    if (type == "array") return value.kind == Node::Kind::sequence;
    if (type == "integer") return yaml::as_integer(value, whole);
    if (type == "number") return yaml::as_decimal(value, decimal);
    if (type == "boolean") return yaml::as_boolean(value, flag);
    return value.is_scalar() && !is(value, "number") && !is(value, "boolean");
  }
  static double number(const Node& value) {
    double decimal = 0;
    EXPECT_TRUE(yaml::as_decimal(value, decimal));
    return decimal;
  }
  bool any(const Node& list, const Node& value) const {
    for (const Node& each : list.items)
      if (holds(each, value)) return true;
    return false;
  }
  bool members_hold(const Node& schema, const Node& value) const {
    const Node* properties = schema.find("properties");
    for (const yaml::Member& member : value.members) {
      const Node* rule = properties == nullptr ? nullptr : properties->find(member.key.scalar);
      if (rule == nullptr || !holds(*rule, member.value)) return false;
    }
    if (const Node* required = schema.find("required"))
      for (const Node& name : required->items)
        if (value.find(name.scalar) == nullptr) return false;
    return true;
  }
  bool holds(const Node& schema, const Node& value) const {
    if (const Node* reference = schema.find("$ref"))
      return holds(*root_.find("$defs")->find(reference->scalar.substr(8)), value);
    if (const Node* type = schema.find("type")) {
      bool fits = type->is_scalar() && is(value, type->scalar);
      for (const Node& each : type->items) fits = fits || is(value, each.scalar);
      if (!fits) return false;
      if (type->scalar == "object" && !members_hold(schema, value)) return false;
    }
    if (const Node* words = schema.find("enum")) {
      bool among = false;
      for (const Node& each : words->items)
        among = among || (value.is_scalar() && each.scalar == value.scalar);
      if (!among) return false;
    }
    if (const Node* least = schema.find("minimum"); least && number(value) < number(*least)) return false;
    if (const Node* most = schema.find("maximum"); most && number(value) > number(*most)) return false;
    if (const Node* pattern = schema.find("pattern"))
      if (!std::regex_search(value.scalar, std::regex(pattern->scalar))) return false;
    if (const Node* least = schema.find("minItems");
        least && static_cast<double>(value.items.size()) < number(*least))
      return false;
    if (const Node* most = schema.find("maxItems");
        most && static_cast<double>(value.items.size()) > number(*most))
      return false;
    if (const Node* items = schema.find("items"); items && value.kind == Node::Kind::sequence)
      for (const Node& each : value.items)
        if (!holds(*items, each)) return false;
    if (const Node* list = schema.find("anyOf"); list && !any(*list, value)) return false;
    return true;
  }
  Node root_;
};

}  // namespace tillwatch::json_schema
