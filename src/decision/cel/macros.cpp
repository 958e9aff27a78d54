// Macro calls to nodes. Called by the parser for every call it reads.
#include "cel/macros.h"

#include <array>
#include <optional>

namespace tillwatch::cel {
namespace {

struct Form {
  std::string_view name;
  Macro macro;
  std::size_t arguments;  // without the receiver
  bool two_variables;
  bool has_filter;
};
constexpr std::array<Form, 17> forms = {{{"all", Macro::all, 2, false, false},
                                         {"all", Macro::all, 3, true, false},
                                         {"exists", Macro::exists, 2, false, false},
                                         {"exists", Macro::exists, 3, true, false},
                                         {"exists_one", Macro::exists_one, 2, false, false},
                                         {"exists_one", Macro::exists_one, 3, true, false},
                                         {"existsOne", Macro::exists_one, 2, false, false},
                                         {"existsOne", Macro::exists_one, 3, true, false},
                                         {"map", Macro::map, 2, false, false},
                                         {"map", Macro::map, 3, false, true},
                                         {"filter", Macro::filter, 2, false, false},
                                         {"transformList", Macro::transform_list, 3, true, false},
                                         {"transformList", Macro::transform_list, 4, true, true},
                                         {"transformMap", Macro::transform_map, 3, true, false},
                                         {"transformMap", Macro::transform_map, 4, true, true},
                                         {"transformMapEntry", Macro::transform_map_entry, 3, true, false},
                                         {"transformMapEntry", Macro::transform_map_entry, 4, true, true}}};
// In the order of the reference.
constexpr std::array<MacroForm, 18> described = {
    {{"has(a.b)",
      "whether the attribute or the map's entry is there; reading it where it is not is an error"},
     {"list.all(x, condition)", "the condition holds for every item (of a map: every key); true for none"},
     {"list.exists(x, condition)", "it holds for one item at least; false for none"},
     {"list.exists_one(x, condition)", "it holds for exactly one item; also written existsOne"},
     {"list.filter(x, condition)", "the items (of a map: the keys) for which it holds, in their order"},
     {"list.map(x, value)", "a list of the value for every item (of a map: for every key)"},
     {"list.map(x, condition, value)", "the same, only of the items for which the condition holds"},
     {"list.all(i, x, condition)", "as above with position and item; of a map: key and value"},
     {"list.exists(i, x, condition)", "as above with position and item; of a map: key and value"},
     {"list.existsOne(i, x, condition)", "as above with position and item; also written exists_one"},
     {"list.transformList(i, x, value)", "a list of the value for every position and item, or key and value"},
     {"list.transformList(i, x, condition, value)", "the same, only where the condition holds"},
     {"map.transformMap(k, x, value)",
      "a map with the same keys and new values; of a list: its positions as keys"},
     {"map.transformMap(k, x, condition, value)", "the same, only where the condition holds"},
     {"map.transformMapEntry(k, x, {key: value})",
      "a map of the entries made; a key that is made twice is an error; a condition may stand before the "
      "entry"},
     {"cel.bind(x, value, expression)",
      "the expression with x standing for the value, which is computed once"},
     {"optional.optMap(x, value)", "an optional of the value for what the optional holds; none of none"},
     {"optional.optFlatMap(x, optional)", "the same where the expression is an optional itself"}}};

// The name of a macro variable; nullopt, with a fault, where the argument is something else.
std::optional<std::string> variable(const Tree& tree, NodeId id, FaultList& faults) {
  const Node& node = tree.at(id);
  if (node.kind == NodeKind::identifier && !node.absolute && !node.test_only) return node.text;
  if (node.kind != NodeKind::invalid)
    faults.add(node.at, "a macro's variable must be a plain name", "as in list.exists(item, item > 0)");
  return std::nullopt;
}

void make_invalid(Node& node) {
  node.kind = NodeKind::invalid;
  node.children.clear();
}

void expand_has(Tree& tree, Node& call, FaultList& faults) {
  Node inner = tree.at(call.children[0]);
  const bool testable =
      inner.kind == NodeKind::select || (inner.kind == NodeKind::identifier && !inner.absolute);
  if (!testable || inner.test_only || inner.optional_access) {
    if (inner.kind != NodeKind::invalid)
      faults.add(inner.at, "has() asks for an attribute or a field", "as in has(merchant.mcc)");
    return make_invalid(call);
  }
  inner.test_only = true;
  const std::uint32_t at = call.at;
  call = std::move(inner);
  call.at = at;
}

bool expand_bind(Tree& tree, Node& call, FaultList& faults) {
  const Node& target = tree.at(call.children[0]);
  if (target.kind != NodeKind::identifier || target.text != "cel" || call.text != "bind") return false;
  const auto name = variable(tree, call.children[1], faults);
  if (!name) {
    make_invalid(call);
    return true;
  }
  call.kind = NodeKind::bind;
  call.text = *name;
  call.member = false;
  call.children = {call.children[2], call.children[3]};
  return true;
}

bool expand_optional_map(Tree& tree, Node& call, FaultList& faults) {
  if (call.text != "optMap" && call.text != "optFlatMap") return false;
  const auto name = variable(tree, call.children[1], faults);
  if (!name) {
    make_invalid(call);
    return true;
  }
  call.flat = call.text == "optFlatMap";
  call.kind = NodeKind::optional_map;
  call.text = *name;
  call.member = false;
  call.children = {call.children[0], call.children[2]};
  return true;
}

void expand_comprehension(Tree& tree, Node& call, const Form& form, FaultList& faults) {
  const auto first = variable(tree, call.children[1], faults);
  std::string second;
  if (first && form.two_variables) {
    const auto other = variable(tree, call.children[2], faults);
    if (!other) return make_invalid(call);
    second = *other;
    if (second == *first) {
      faults.add(tree.at(call.children[2]).at, "the two variables of the macro have the same name");
      return make_invalid(call);
    }
  }
  if (!first) return make_invalid(call);
  const std::ptrdiff_t skipped = form.two_variables ? 3 : 2;
  std::vector<NodeId> children = {call.children[0]};
  children.insert(children.end(), call.children.begin() + skipped, call.children.end());
  call.kind = NodeKind::comprehension;
  call.macro = form.macro;
  call.member = false;
  call.two_variables = form.two_variables;
  call.has_filter = form.has_filter;
  call.text = *first;
  call.second_text = second;
  call.children = std::move(children);
}

}  // namespace

void expand_macro(Tree& tree, NodeId id, FaultList& faults) {
  Node& call = tree.at(id);
  if (!call.member) {
    if (call.text == "has" && call.children.size() == 1 && !call.absolute) expand_has(tree, call, faults);
    return;
  }
  const std::size_t arguments = call.children.size() - 1;
  if (arguments == 3 && expand_bind(tree, call, faults)) return;
  if (arguments == 2 && expand_optional_map(tree, call, faults)) return;
  for (const Form& form : forms)
    if (form.name == call.text && form.arguments == arguments)
      return expand_comprehension(tree, call, form, faults);
}

std::span<const MacroForm> macro_forms() {
  return described;
}

}  // namespace tillwatch::cel
