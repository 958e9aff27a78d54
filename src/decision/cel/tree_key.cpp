// Every field that the program of a subtree depends on, lengths first. Called by RuleSet.
#include "cel/tree_key.h"

namespace tillwatch::cel {
namespace {

void write_key(const Tree& tree, NodeId id, std::string& out) {
  const Node& node = tree.at(id);
  const auto number = [&out](std::uint64_t n) { out += std::to_string(n) + ","; };
  number(static_cast<std::uint64_t>(node.kind));
  number(static_cast<std::uint64_t>(node.macro));
  number(static_cast<std::uint64_t>(node.reference));
  number((node.member ? 1u : 0u) | (node.test_only ? 2u : 0u) | (node.optional_access ? 4u : 0u) |
         (node.two_variables ? 8u : 0u) | (node.has_filter ? 16u : 0u) | (node.flat ? 32u : 0u));
  number(node.slot);
  number(node.local);
  number(static_cast<std::uint64_t>(node.literal.kind));
  number(node.kind == NodeKind::literal ? node.literal.u : 0);
  const bool named = node.reference != Reference::local && node.kind != NodeKind::comprehension &&
                     node.kind != NodeKind::bind && node.kind != NodeKind::optional_map;
  const std::string& text = named ? node.text : std::string();
  number(text.size());
  out += text;
  number(node.optional_marks.size());
  for (const bool mark : node.optional_marks) out += mark ? '1' : '0';
  number(node.children.size());
  for (const NodeId child : node.children) write_key(tree, child, out);
}

}  // namespace

std::string tree_key(const Tree& tree, NodeId id) {
  std::string key;
  write_key(tree, id, key);
  return key;
}

}  // namespace tillwatch::cel
