// A YAML mapping read strictly: members are asked for by name, and one that nobody asked for is an error with
// a suggestion. Called by the mapping reader only. Never accepts a wrong kind of node.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "yaml/yaml.h"

namespace tillwatch::intake {

std::unexpected<core::Error> fault_at(const yaml::Node& node, std::string detail);

class StrictNode {
 public:
  // `what` names the thing in messages: "emit", "column". Errors: invalid where `node` is no mapping.
  static core::Result<StrictNode> open(const yaml::Node& node, std::string what);

  // nullptr where the member is missing.
  const yaml::Node* find(std::string_view key);
  core::Result<const yaml::Node*> at(std::string_view key);
  // The member's text; nullopt where it is missing. Errors: no scalar, or an empty one.
  core::Result<std::optional<std::string>> text(std::string_view key);
  core::Result<std::string> required_text(std::string_view key);
  core::Result<bool> boolean(std::string_view key, bool missing);
  core::Result<std::int64_t> integer(std::string_view key, std::int64_t missing, std::int64_t low,
                                     std::int64_t high);
  // One byte, or \t.
  core::Result<char> character(std::string_view key, char missing);
  // The index of the text in `words`; nullopt where the member is missing.
  core::Result<std::optional<std::size_t>> choice(std::string_view key,
                                                  const std::vector<std::string>& words);
  // Call last: an error where a member was not asked for.
  core::Status finish() const;

  const yaml::Node& node() const { return *node_; }

 private:
  StrictNode(const yaml::Node& node, std::string what) : node_(&node), what_(std::move(what)) {}
  const yaml::Node* node_;
  std::string what_;
  std::vector<std::string> asked_;
};

// A list of texts, not empty. Errors: invalid, limit (more than `most`).
core::Result<std::vector<std::string>> text_list(const yaml::Node& node, std::string_view what,
                                                 std::size_t most);

}  // namespace tillwatch::intake
