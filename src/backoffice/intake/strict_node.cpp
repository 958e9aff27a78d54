#include "intake/strict_node.h"

#include <algorithm>
#include <utility>

namespace tillwatch::intake {

using core::ErrorCode;

std::unexpected<core::Error> fault_at(const yaml::Node& node, std::string detail) {
  return core::fail(ErrorCode::invalid, node.place.to_string(), std::move(detail));
}

core::Result<StrictNode> StrictNode::open(const yaml::Node& node, std::string what) {
  if (node.kind != yaml::Node::Kind::mapping)
    return fault_at(node, "expected members (name: value) of the " + what);
  return StrictNode(node, std::move(what));
}

const yaml::Node* StrictNode::find(std::string_view key) {
  asked_.emplace_back(key);
  return node_->find(key);
}

core::Result<const yaml::Node*> StrictNode::at(std::string_view key) {
  const yaml::Node* member = find(key);
  if (member == nullptr) return fault_at(*node_, "the " + what_ + " needs '" + std::string(key) + "'");
  return member;
}

core::Result<std::optional<std::string>> StrictNode::text(std::string_view key) {
  const yaml::Node* member = find(key);
  if (member == nullptr) return std::nullopt;
  if (!member->is_scalar() || member->scalar.empty())
    return fault_at(*member, "'" + std::string(key) + "' is a text");
  return member->scalar;
}

core::Result<std::string> StrictNode::required_text(std::string_view key) {
  TRY(value, text(key));
  if (!value) return fault_at(*node_, "the " + what_ + " needs '" + std::string(key) + "'");
  return *value;
}

core::Result<bool> StrictNode::boolean(std::string_view key, bool missing) {
  const yaml::Node* member = find(key);
  if (member == nullptr) return missing;
  bool value = false;
  if (!yaml::as_boolean(*member, value))
    return fault_at(*member, "'" + std::string(key) + "' is true or false");
  return value;
}

core::Result<std::int64_t> StrictNode::integer(std::string_view key, std::int64_t missing, std::int64_t low,
                                               std::int64_t high) {
  const yaml::Node* member = find(key);
  if (member == nullptr) return missing;
  std::int64_t value = 0;
  if (!yaml::as_integer(*member, value) || value < low || value > high)
    return fault_at(*member, "'" + std::string(key) + "' is a whole number from " + std::to_string(low) +
                                 " to " + std::to_string(high));
  return value;
}

core::Result<char> StrictNode::character(std::string_view key, char missing) {
  const yaml::Node* member = find(key);
  if (member == nullptr) return missing;
  const std::string& text = member->scalar;
  if (member->is_scalar() && text == "\\t") return '\t';
  const bool usable = member->is_scalar() && text.size() == 1 &&
                      (text[0] == '\t' || (text[0] >= ' ' && text[0] <= '~')) && text[0] != '"';
  if (!usable)
    return fault_at(*member, "'" + std::string(key) + "' is one ASCII character in quotes, or \"\\t\"");
  return text[0];
}

core::Result<std::optional<std::size_t>> StrictNode::choice(std::string_view key,
                                                            const std::vector<std::string>& words) {
  TRY(value, text(key));
  if (!value) return std::nullopt;
  const auto at = std::ranges::find(words, *value);
  if (at == words.end()) {
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    return fault_at(*node_->find(key), "'" + *value + "' is none of: " + list);
  }
  return static_cast<std::size_t>(at - words.begin());
}

core::Status StrictNode::finish() const {
  for (const auto& [key, value] : node_->members) {
    if (std::ranges::find(asked_, key.scalar) != asked_.end()) continue;
    const std::string near = yaml::nearest(key.scalar, asked_);
    return fault_at(key, "the " + what_ + " has no member '" + key.scalar + "'" +
                             (near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  return {};
}

core::Result<std::vector<std::string>> text_list(const yaml::Node& node, std::string_view what,
                                                 std::size_t most) {
  if (node.kind != yaml::Node::Kind::sequence || node.items.empty())
    return fault_at(node, "expected a list of " + std::string(what));
  if (node.items.size() > most)
    return core::fail(ErrorCode::limit, node.place.to_string(),
                      "there are more than " + std::to_string(most) + " " + std::string(what));
  std::vector<std::string> texts;
  for (const yaml::Node& item : node.items) {
    if (!item.is_scalar()) return fault_at(item, "expected a text");
    texts.push_back(item.scalar);
  }
  return texts;
}

}  // namespace tillwatch::intake
