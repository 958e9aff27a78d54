// Names to meanings. Called by compile(). A qualified name takes the longest declared prefix; macro variables
// hide the environment unless the name starts with a dot.
#include "cel/resolver.h"

#include <algorithm>
#include <optional>

#include "cel/library.h"

namespace tillwatch::cel {
namespace {

class Resolver {
 public:
  Resolver(Tree& tree, const Environment& environment, bool unchecked, FaultList& faults)
      : tree_(tree), environment_(environment), unchecked_(unchecked), faults_(faults) {}

  void visit(NodeId id) {
    Node& node = tree_.at(id);
    switch (node.kind) {
      case NodeKind::identifier:
        return name(node);
      case NodeKind::select:
        return select(id);
      case NodeKind::call:
        return call(node);
      case NodeKind::comprehension:
        return comprehension(node);
      case NodeKind::bind:
      case NodeKind::optional_map:
        return binding(node);
      case NodeKind::message:
        if (!unchecked_)
          faults_.add(node.at, "messages cannot be made here", "use a map: {\"field\": value}");
        return;
      default:
        return children(node);
    }
  }

 private:
  struct Local {
    std::string name;
    std::uint32_t number;
  };

  void children(Node& node) {
    for (const NodeId child : node.children) visit(child);
  }
  const Local* local(std::string_view name) const {
    for (auto i = locals_.rbegin(); i != locals_.rend(); ++i)
      if (i->name == name) return &*i;
    return nullptr;
  }
  std::uint32_t push(const std::string& name) {
    const auto number = static_cast<std::uint32_t>(locals_.size());
    locals_.push_back({name, number});
    tree_.locals = std::max(tree_.locals, number + 1);
    return number;
  }

  // "a.b.c" of a chain of plain selections from a name that is no macro variable; nullopt for anything else.
  std::optional<std::string> chain(NodeId id) const {
    std::vector<std::string_view> parts;
    while (true) {
      const Node& node = tree_.at(id);
      if (node.kind == NodeKind::identifier) {
        if (!node.absolute && local(node.text) != nullptr) return std::nullopt;
        std::string joined = node.text;
        for (auto part = parts.rbegin(); part != parts.rend(); ++part) joined += "." + std::string(*part);
        return joined;
      }
      if (node.kind != NodeKind::select || node.optional_access) return std::nullopt;
      parts.push_back(node.text);
      id = node.children[0];
    }
  }

  bool bind_slot(Node& node, const std::string& full) {
    const Variable* variable = environment_.find(full);
    if (variable == nullptr) return false;
    node.kind = NodeKind::identifier;
    node.text = full;
    node.children.clear();
    node.depth = 1;
    node.reference = Reference::slot;
    node.slot = variable->slot;
    return true;
  }

  void name(Node& node) {
    if (!node.absolute) {
      if (const Local* found = local(node.text)) {
        if (node.test_only) return presence_fault(node);
        node.reference = Reference::local;
        node.local = found->number;
        return;
      }
    }
    if (bind_slot(node, node.text)) {
      if (node.test_only && !environment_.presence_of_variables()) presence_fault(node);
      return;
    }
    if (node.test_only) return presence_fault(node);
    if (named_type(node.text)) {
      node.reference = Reference::type_name;
      return;
    }
    unbound(node, node.text);
  }

  void presence_fault(Node& node) {
    faults_.add(node.at, "has() asks for an attribute of something, not for '" + node.text + "' itself",
                "as in has(merchant.mcc)");
  }

  void unbound(Node& node, const std::string& full) {
    node.reference = Reference::unbound;
    if (unchecked_) return;
    if (environment_.is_record(node.text)) {
      faults_.add(node.at, "'" + node.text + "' is a record and has no value of its own",
                  "name one of its fields");
      return;
    }
    std::string hint;
    if (const std::string near = environment_.nearest_variable(full); !near.empty()) {
      hint = "did you mean '" + near + "'?";
    } else if (node.text == "True" || node.text == "False" || node.text == "TRUE" || node.text == "FALSE") {
      hint = "write true or false in small letters";
    } else if (node.text == "dyn") {
      hint = "no value has the type dyn; write dyn(x) to leave the type of x open";
    } else if (node.text == "None" || node.text == "nil" || node.text == "NULL") {
      hint = "write null";
    } else {
      hint = "is it a text that needs quotes?";
    }
    faults_.add(node.at, "unknown name '" + full + "'", hint);
  }

  void select(NodeId id) {
    const auto full = chain(id);
    Node& node = tree_.at(id);
    if (!full) return children(node);
    if (bind_slot(node, *full)) return;
    if (!node.test_only && named_type(*full)) {
      node.kind = NodeKind::identifier;
      node.text = *full;
      node.children.clear();
      node.reference = Reference::type_name;
      return;
    }
    const auto owner = chain(node.children[0]);
    if (owner && environment_.is_record(*owner) && environment_.find(*owner) == nullptr)
      return no_field(node, *owner, *full);
    if (!unchecked_ && !any_prefix(*full)) {
      Node* root = &tree_.at(node.children[0]);
      while (root->kind == NodeKind::select) root = &tree_.at(root->children[0]);
      if (!environment_.is_record(root->text)) return unbound(*root, *full);
    }
    children(node);
  }

  // Whether some declared variable or type is the name or a dotted prefix of it.
  bool any_prefix(std::string name) const {
    while (true) {
      if (environment_.find(name) != nullptr || named_type(name)) return true;
      const std::size_t dot = name.rfind('.');
      if (dot == std::string::npos) return false;
      name.resize(dot);
    }
  }

  void no_field(Node& node, const std::string& owner, const std::string& full) {
    node.kind = NodeKind::identifier;
    node.children.clear();
    node.reference = Reference::unbound;
    if (unchecked_) return;
    std::vector<std::string> fields;
    for (const std::string& name : environment_.variable_names())
      if (name.starts_with(owner + ".")) fields.push_back(name);
    const std::string near = nearest_name(full, fields);
    faults_.add(node.at, "'" + owner + "' has no field '" + node.text + "'",
                near.empty() ? "" : "did you mean '" + near + "'?");
  }

  void call(Node& node) {
    if (node.member) {
      if (const auto target = chain(node.children[0])) {
        const std::string full = *target + "." + node.text;
        if (environment_.find_function(full, false) != nullptr) {
          node.member = false;
          node.text = full;
          node.children.erase(node.children.begin());
        } else if (!unchecked_ && environment_.is_namespace(*target) &&
                   environment_.find(*target) == nullptr) {
          const std::string near = environment_.nearest_function(full, false);
          faults_.add(node.at, "unknown function '" + full + "'",
                      near.empty() ? "" : "did you mean '" + near + "'?");
          node.kind = NodeKind::invalid;
          return;
        }
      }
    }
    node.function = environment_.find_function(node.text, node.member);
    if (node.function == nullptr && !unchecked_) unknown_function(node);
    // The call node may move while children are visited only if nodes are added, which the resolver never
    // does.
    children(node);
  }

  void unknown_function(const Node& node) {
    std::string hint;
    if (environment_.find_function(node.text, !node.member) != nullptr) {
      hint = node.member ? "write " + node.text + "(x)" : "write x." + node.text + "(...)";
    } else if (node.text == "not") {
      hint = "write !";
    } else if (node.text == "if" || node.text == "iif") {
      hint = "write condition ? this : that";
    } else if (const std::string near = environment_.nearest_function(node.text, node.member);
               !near.empty()) {
      hint = near == node.text ? "its macro takes other arguments" : "did you mean '" + near + "'?";
    }
    faults_.add(node.at, "unknown function '" + node.text + "'", hint);
  }

  void comprehension(Node& node) {
    visit(node.children[0]);
    node.local = push(node.text);
    if (node.two_variables) push(node.second_text);
    for (std::size_t i = 1; i < node.children.size(); ++i) visit(node.children[i]);
    locals_.resize(locals_.size() - (node.two_variables ? 2 : 1));
  }

  void binding(Node& node) {
    visit(node.children[0]);
    node.local = push(node.text);
    visit(node.children[1]);
    locals_.pop_back();
  }

  Tree& tree_;
  const Environment& environment_;
  bool unchecked_;
  FaultList& faults_;
  std::vector<Local> locals_;
};

}  // namespace

void resolve(Tree& tree, const Environment& environment, bool unchecked, FaultList& faults) {
  Resolver(tree, environment, unchecked, faults).visit(tree.root);
}

}  // namespace tillwatch::cel
