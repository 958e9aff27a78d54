// A tree as text. Called by `tillwatch cel --explain`.
#include "cel/tree_text.h"

#include <algorithm>
#include <array>

#include "cel/fault.h"
#include "cel/remedies.h"
#include "cel/value_text.h"

namespace tillwatch::cel {
namespace {

std::string macro_name(const Node& node) {
  constexpr std::array<std::string_view, 8> names = {
      "all", "exists", "exists_one", "map", "filter", "transformList", "transformMap", "transformMapEntry"};
  std::string text = "." + std::string(names[static_cast<std::size_t>(node.macro)]) + "(" + node.text;
  if (node.two_variables) text += ", " + node.second_text;
  return text + ", ...)";
}

std::string label(const Node& node) {
  const std::string mark = node.optional_access ? "?" : "";
  switch (node.kind) {
    case NodeKind::literal:
      return to_text(literal_of(node));
    case NodeKind::identifier:
      return node.test_only ? "has(" + node.text + ")" : node.text;
    case NodeKind::select:
      return node.test_only ? "has(." + node.text + ")" : "." + mark + node.text;
    case NodeKind::index:
      return "[" + mark + "...]";
    case NodeKind::call: {
      const std::string name = shown_name(node.text);
      const char first = name.empty() ? ' ' : name.front();
      const bool word = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
      return word && name != "in" ? (node.member ? "." : "") + name + "(...)" : name;
    }
    case NodeKind::all_of:
      return "&&";
    case NodeKind::any_of:
      return "||";
    case NodeKind::conditional:
      return "? :";
    case NodeKind::list:
      return "[...]";
    case NodeKind::map:
      return "{...}";
    case NodeKind::comprehension:
      return macro_name(node);
    case NodeKind::bind:
      return "cel.bind(" + node.text + ", ...)";
    case NodeKind::optional_map:
      return (node.flat ? ".optFlatMap(" : ".optMap(") + node.text + ", ...)";
    case NodeKind::invalid:
    case NodeKind::message:
      break;
  }
  return "?";
}

void write(const Tree& tree, NodeId id, std::string_view source, std::size_t depth, std::string& out) {
  const Node& node = tree.at(id);
  const Place place = place_of(source, node.at);
  std::string line = std::to_string(place.line) + ":" + std::to_string(place.column);
  constexpr std::size_t place_width = 7;
  line.resize(std::max(line.size() + 1, place_width), ' ');
  out += "  " + line + std::string(depth * 2, ' ') + label(node) + ": " + node.type.to_string() + "\n";
  for (const NodeId child : node.children) write(tree, child, source, depth + 1, out);
}

}  // namespace

std::string typed_parts(const Tree& tree, std::string_view source) {
  std::string out;
  write(tree, tree.root, source, 0, out);
  return out;
}

}  // namespace tillwatch::cel
