// Comparisons of one value that stand together: what && makes impossible and || makes certain. A part of
// ExpressionReview.
#include <fmt/format.h>
#include <cmath>

#include <map>

#include "policy/expression_review.h"

namespace tillwatch::policy {

using cel::Kind;
using cel::Node;
using cel::NodeId;
using cel::NodeKind;

namespace {

// What is still possible for one value.
struct Left {
  Range range;
  std::optional<std::string> word;
  std::vector<std::string> excluded;
  bool narrowed = false;
  NodeId first = 0;
};

// Takes one more comparison; false where nothing is left.
bool take(Left& left, Relation relation, const Range& range, const std::string& word, bool of_word,
          bool whole) {
  if (!of_word) {
    left.range = narrowed(left.range, relation, range, whole);
    return !left.range.empty();
  }
  if (relation == Relation::not_equal) {
    left.excluded.push_back(word);
    return !left.word || *left.word != word;
  }
  if (left.word && *left.word != word) return false;
  left.word = word;
  for (const std::string& each : left.excluded)
    if (each == word) return false;
  return true;
}

std::optional<Relation> relation_between(const std::string& function) {
  if (function == "_<_") return Relation::less;
  if (function == "_<=_") return Relation::less_equal;
  if (function == "_>_") return Relation::greater;
  if (function == "_>=_") return Relation::greater_equal;
  if (function == "_==_") return Relation::equal;
  if (function == "_!=_") return Relation::not_equal;
  return std::nullopt;
}

bool is_variable(const Node& node) {
  return (node.kind == NodeKind::identifier || node.kind == NodeKind::select) &&
         node.reference == cel::Reference::slot && !node.test_only;
}

}  // namespace

std::string ExpressionReview::key_of(NodeId id) const {
  const Node& node = tree_.at(id);
  if (is_variable(node)) return fmt::format("${}", node.slot);
  if (node.kind == NodeKind::literal && node.literal.kind == Kind::integer)
    return fmt::format("{}", node.literal.i);
  if (node.kind == NodeKind::literal && node.literal.kind == Kind::real)
    return fmt::format("{}", node.literal.d);
  if (node.kind != NodeKind::call || node.children.empty() || node.depth > 8) return {};
  std::string key = node.text + "(";
  for (const NodeId child : node.children) {
    const std::string inner = key_of(child);
    if (inner.empty()) return {};
    key += inner + ",";
  }
  return key + ")";
}

std::string ExpressionReview::words_of(NodeId id) const {
  const Node& node = tree_.at(id);
  if (node.reference == cel::Reference::slot) return operand_(node.slot).name;
  if (node.kind == NodeKind::literal) {
    if (node.literal.kind == Kind::integer) return fmt::format("{}", node.literal.i);
    if (node.literal.kind == Kind::real) return fmt::format("{}", node.literal.d);
    if (node.literal.kind == Kind::text) return "\"" + node.text + "\"";
    if (node.literal.kind == Kind::boolean) return node.literal.i != 0 ? "true" : "false";
  }
  if (node.kind == NodeKind::call && node.depth <= 4) {
    if (node.children.size() == 2 && node.text.starts_with('_') && node.text.ends_with('_'))
      return fmt::format("{} {} {}", words_of(node.children[0]), node.text.substr(1, node.text.size() - 2),
                         words_of(node.children[1]));
    if (node.children.size() == 1 && node.text.ends_with('_'))
      return node.text.substr(0, 1) + words_of(node.children[0]);
    std::string text = node.text + "(";
    for (const NodeId child : node.children)
      text += (child == node.children.front() ? "" : ", ") + words_of(child);
    return text + ")";
  }
  return "...";
}

void ExpressionReview::gather(NodeId id, NodeKind kind, std::vector<NodeId>& parts) const {
  const Node& node = tree_.at(id);
  if (node.kind != kind) {
    parts.push_back(id);
    return;
  }
  for (const NodeId child : node.children) gather(child, kind, parts);
}

// The comparison of a value with something known: a written number or text, a parameter; or a plain
// condition, which is a comparison with true.
std::optional<ExpressionReview::Constraint> ExpressionReview::constraint_of(NodeId id) {
  const Node& node = tree_.at(id);
  Constraint found;
  found.node = id;
  if (is_variable(node) && node.type == cel::Type::boolean()) {
    found.key = key_of(id);
    found.word = "true";
    found.of_word = found.exact = true;
    return found;
  }
  if (node.kind != NodeKind::call) return std::nullopt;
  if (node.text == "!_") {
    auto inner = constraint_of(node.children[0]);
    if (!inner || !inner->exact) return std::nullopt;
    inner->relation = negated(inner->relation);
    inner->node = id;
    return inner;
  }
  const auto relation = relation_between(node.text);
  if (!relation || node.children.size() != 2) return std::nullopt;
  for (const bool swapped : {false, true}) {
    const NodeId one = node.children[swapped ? 1 : 0];
    const NodeId other = node.children[swapped ? 0 : 1];
    found.key = key_of(one);
    if (found.key.empty() || tree_.at(one).kind == NodeKind::literal) continue;
    found.relation = swapped ? mirrored(*relation) : *relation;
    const Node& known = tree_.at(other);
    if (known.kind == NodeKind::literal && known.literal.kind == Kind::text) {
      found.word = known.text;
      found.of_word = found.exact = true;
      return found;
    }
    const bool parameter = is_variable(known) && operand_(known.slot).name.starts_with("param.");
    Meaning meaning;
    if (known.kind == NodeKind::literal) meaning = literal(known);
    if (parameter) meaning = operand_(known.slot).meaning;
    if (std::isinf(meaning.range.low) && std::isinf(meaning.range.high)) continue;
    found.range = meaning.range;
    found.exact = known.kind == NodeKind::literal;
    found.whole = tree_.at(one).type == cel::Type::integer();
    return found;
  }
  return std::nullopt;
}

void ExpressionReview::check_together(NodeId id, bool all) {
  std::vector<NodeId> parts;
  gather(id, all ? NodeKind::all_of : NodeKind::any_of, parts);
  std::map<std::string, Left> values;
  for (const NodeId part : parts) {
    const auto constraint = constraint_of(part);
    if (!constraint || (!all && !constraint->exact)) continue;
    // || is certain where all the opposites together are impossible.
    const Relation relation = all ? constraint->relation : negated(constraint->relation);
    const auto [at, first] = values.try_emplace(constraint->key);
    Left& left = at->second;
    if (first) left.first = part;
    if (take(left, relation, constraint->range, constraint->word, constraint->of_word, constraint->whole))
      continue;
    if (first) continue;  // impossible by itself: told already
    const std::string one = words_of(left.first);
    const std::string other = words_of(part);
    if (all)
      add(tree_.at(part), false, fmt::format("'{}' cannot hold together with '{}' before it", other, one),
          "the whole condition never holds: one of them is wrong, or || is meant");
    else
      add(tree_.at(part), false, fmt::format("one of '{}' and '{}' always holds", one, other),
          "the whole condition is always true: && is meant, or ! (x in [...])");
    return;
  }
}

}  // namespace tillwatch::policy
