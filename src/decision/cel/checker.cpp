// The types of a resolved tree, bottom up, with unknowns for what only later parts tell (the items of []).
// Called by compile().
#include "cel/checker.h"

#include "cel/library.h"
#include "cel/node_visit.h"
#include "cel/remedies.h"
#include "cel/unify.h"

namespace tillwatch::cel {
namespace {

std::string list_of(std::span<const Type> types) {
  std::string text;
  for (const Type& type : types) text += (text.empty() ? "" : ", ") + type.to_string();
  return "(" + text + ")";
}

// The comma separated types of a signature's parameters; commas inside brackets belong to a type.
std::vector<Type> parameters_of(std::string_view text) {
  std::vector<Type> types;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size() && !text.empty(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    types.push_back(parse_type(text.substr(start, i - start)).value_or(Type::dyn()));
    start = i + 1;
  }
  return types;
}

class Checker {
 public:
  Checker(Tree& tree, const Environment& environment, FaultList& faults)
      : tree_(tree), environment_(environment), faults_(faults), locals_(tree.locals) {}

  Type visit(NodeId id) {
    Type type = visit_node(*this, tree_.at(id));
    tree_.at(id).type = type;
    return type;
  }
  void finish() {
    for (Node& node : tree_.nodes) node.type = types_.known(node.type, true);
  }
  void expect(const Type& expected) {
    const Node& root = tree_.at(tree_.root);
    if (types_.fits(expected, root.type)) return;
    faults_.add(root.at,
                "the expression is " + shown(root.type) + ", but " + expected.to_string() + " is wanted",
                expected.is(TypeKind::boolean) ? remedy_for_condition(types_.known(root.type, true)) : "");
  }

  std::string shown(const Type& type) const { return types_.known(type, true).to_string(); }

  // For visit_node(); nobody outside this file sees the class.
  static Type no_value(const Node&) { return Type(TypeKind::invalid); }
  Type bind(const Node& node) {
    locals_[node.local] = visit(node.children[0]);
    return visit(node.children[1]);
  }

  static Type literal(const Node& node) {
    switch (node.literal.kind) {
      case Kind::null:
        return Type::null();
      case Kind::boolean:
        return Type::boolean();
      case Kind::integer:
        return Type::integer();
      case Kind::uinteger:
        return Type::uinteger();
      case Kind::real:
        return Type::real();
      case Kind::text:
        return Type::text();
      case Kind::bytes:
        return Type::bytes();
      default:
        return Type::dyn();
    }
  }

  Type name(const Node& node) {
    if (node.test_only) return Type::boolean();
    switch (node.reference) {
      case Reference::slot: {
        const Variable* variable = environment_.find(node.text);
        return variable == nullptr ? Type::dyn() : variable->type;
      }
      case Reference::local:
        return locals_[node.local];
      case Reference::type_name:
        return Type::type(named_type(node.text).value_or(Type::dyn()));
      case Reference::none:
      case Reference::unbound:
        break;
    }
    return Type(TypeKind::invalid);
  }

  // The type of field `node.text` of this operand type; optionals are looked through.
  Type field(const Node& node, const Type& operand) {
    const Type top = types_.head(operand);
    if (top.is_dyn() || top.is(TypeKind::parameter)) return Type::dyn();
    if (top.is(TypeKind::map)) {
      if (types_.fits(top.argument(0), Type::text())) return types_.head(top.argument(1));
      faults_.add(node.at, "the keys of this map are " + shown(top.argument(0)) + ", not names",
                  "write [key] instead of ." + node.text);
      return Type(TypeKind::invalid);
    }
    faults_.add(node.at, "there is no field '" + node.text + "' in " + shown(top),
                top.is(TypeKind::list) ? "write [0], or .exists(item, ...)" : "");
    return Type(TypeKind::invalid);
  }

  Type select(Node& node) {
    const Type operand = types_.head(visit(node.children[0]));
    const bool through = operand.is(TypeKind::optional);
    const Type found = field(node, through ? operand.argument(0) : operand);
    if (node.test_only) return Type::boolean();
    return through || node.optional_access ? Type::optional(found) : found;
  }

  Type item(const Node& node, const Type& container, const Type& key) {
    const Type top = types_.head(container);
    if (top.is_dyn() || top.is(TypeKind::parameter)) return Type::dyn();
    if (top.is(TypeKind::list)) {
      if (types_.fits(Type::integer(), key)) return types_.head(top.argument(0));
      faults_.add(node.at, "a list is indexed by int, not by " + shown(key));
      return Type(TypeKind::invalid);
    }
    if (top.is(TypeKind::map)) {
      if (types_.fits(top.argument(0), key)) return types_.head(top.argument(1));
      faults_.add(node.at, "the keys of this map are " + shown(top.argument(0)) + ", not " + shown(key));
      return Type(TypeKind::invalid);
    }
    faults_.add(node.at, "no item can be taken from " + shown(top), "only lists and maps have items");
    return Type(TypeKind::invalid);
  }

  Type index(Node& node) {
    const Type container = types_.head(visit(node.children[0]));
    const Type key = visit(node.children[1]);
    const bool through = container.is(TypeKind::optional);
    const Type found = item(node, through ? container.argument(0) : container, key);
    return through || node.optional_access ? Type::optional(found) : found;
  }

  Type call(Node& node) {
    std::vector<Type> arguments;
    bool poisoned = false;
    for (const NodeId child : node.children) {
      arguments.push_back(types_.head(visit(child)));
      poisoned = poisoned || arguments.back().is(TypeKind::invalid);
    }
    if (node.function == nullptr) return Type(TypeKind::invalid);
    if (const auto found = overload(*node.function, arguments))
      return poisoned && found->is_dyn() ? Type(TypeKind::invalid) : *found;
    for (Type& type : arguments) type = types_.known(type, true);
    std::string hint = remedy_for(tree_, node, arguments);
    if (hint.empty()) hint = forms_of(*node.function);
    faults_.add(node.at, "'" + shown_name(node.text) + "' does not take " + list_of(arguments), hint);
    return Type(TypeKind::invalid);
  }

  static std::string forms_of(const Function& function) {
    std::string text = "it takes ";
    bool first = true;
    for (const Signature& signature : function.signatures) {
      text += (first ? "(" : " or (") + std::string(signature.parameters) + ")";
      first = false;
    }
    return text;
  }

  std::optional<Type> overload(const Function& function, std::span<const Type> arguments) {
    std::optional<Type> result;
    const std::size_t before = types_.mark();
    const Signature* only = nullptr;
    for (const Signature& signature : function.signatures) {
      if (signature.parameters == "number...") return numbers(arguments);
      const auto found = match(signature, arguments);
      types_.rollback(before);
      if (!found) continue;
      only = result ? nullptr : &signature;
      if (!result) {
        result = *found;
      } else if (!(*result == *found)) {
        result = Type::dyn();
      }
    }
    // What several forms take says nothing about a type that is still open; what only one takes, does.
    return only == nullptr ? result : match(*only, arguments);
  }

  std::optional<Type> match(const Signature& signature, std::span<const Type> arguments) {
    const std::vector<Type> wanted = parameters_of(signature.parameters);
    if (wanted.size() != arguments.size()) return std::nullopt;
    std::vector<std::optional<Type>> letters;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (!types_.fits(types_.instantiate(wanted[i], letters), arguments[i])) return std::nullopt;
    return types_.known(types_.instantiate(parse_type(signature.result).value_or(Type::dyn()), letters));
  }

  // The rule of math.greatest and math.least: one or more numbers, or one list of numbers.
  std::optional<Type> numbers(std::span<const Type> arguments) {
    if (arguments.empty()) return std::nullopt;
    std::vector<Type> all(arguments.begin(), arguments.end());
    if (all.size() == 1 && all[0].is(TypeKind::list)) all[0] = types_.head(all[0].argument(0));
    for (const Type& type : all)
      if (!type.is_number() && !type.is_dyn() && !type.is(TypeKind::parameter)) return std::nullopt;
    for (const Type& type : all)
      if (!(type == all[0])) return Type::dyn();
    return all[0].is(TypeKind::parameter) ? Type::dyn() : all[0];
  }

  void want_condition(NodeId id) {
    const Type found = visit(id);
    if (types_.fits(Type::boolean(), found)) return;
    faults_.add(tree_.at(id).at, "a condition (bool) is wanted here, not " + shown(found),
                remedy_for_condition(types_.known(found, true)));
  }

  Type logical(const Node& node) {
    for (const NodeId child : node.children) want_condition(child);
    return Type::boolean();
  }

  Type conditional(const Node& node) {
    want_condition(node.children[0]);
    const Type yes = visit(node.children[1]);
    const Type no = visit(node.children[2]);
    if (types_.fits(yes, no)) return types_.more_general(yes, no);
    faults_.add(node.at, "the two sides of ':' differ: " + shown(yes) + " and " + shown(no),
                "give both the same type, or wrap one in dyn(...)");
    return Type(TypeKind::invalid);
  }

  // The type of an item that may be marked with '?'.
  Type content(NodeId id, bool marked) {
    const Type type = types_.head(visit(id));
    if (!marked) return type;
    if (type.is(TypeKind::optional)) return types_.head(type.argument(0));
    if (!type.is_dyn() && !type.is(TypeKind::parameter))
      faults_.add(tree_.at(id).at, "'?' wants an optional value, not " + shown(type));
    return Type::dyn();
  }

  Type list(const Node& node) {
    std::optional<Type> item;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Type type = content(node.children[i], node.optional_marks[i]);
      item = item ? types_.join(*item, type) : type;
    }
    return Type::list(item ? *item : types_.fresh());
  }

  Type map(const Node& node) {
    std::optional<Type> key;
    std::optional<Type> value;
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
      const Type k = types_.head(visit(node.children[i]));
      if (!k.is_dyn() && !k.is(TypeKind::parameter) && !k.is(TypeKind::boolean) && !k.is(TypeKind::integer) &&
          !k.is(TypeKind::uinteger) && !k.is(TypeKind::text))
        faults_.add(tree_.at(node.children[i]).at,
                    "a map key is a bool, int, uint or string, not " + shown(k));
      const Type v = content(node.children[i + 1], node.optional_marks[i / 2]);
      key = key ? types_.join(*key, k) : k;
      value = value ? types_.join(*value, v) : v;
    }
    Type key_type = key ? *key : types_.fresh();
    return Type::map(std::move(key_type), value ? *value : types_.fresh());
  }

  Type comprehension(Node& node) {
    const Type range = types_.head(visit(node.children[0]));
    Type first = Type::dyn();
    Type second = Type::dyn();
    if (range.is(TypeKind::list)) {
      first = node.two_variables ? Type::integer() : range.argument(0);
      second = range.argument(0);
    } else if (range.is(TypeKind::map)) {
      first = range.argument(0);
      second = range.argument(1);
    } else if (!range.is_dyn() && !range.is(TypeKind::parameter)) {
      faults_.add(tree_.at(node.children[0]).at,
                  "a macro goes over a list or a map, not over " + shown(range));
      first = second = Type(TypeKind::invalid);
    }
    locals_[node.local] = first;
    if (node.two_variables) locals_[node.local + 1] = second;
    if (node.has_filter) want_condition(node.children[1]);
    const NodeId body = node.children.back();
    switch (node.macro) {
      case Macro::all:
      case Macro::exists:
      case Macro::exists_one:
        want_condition(body);
        return Type::boolean();
      case Macro::filter:
        want_condition(body);
        return Type::list(first);
      case Macro::map:
      case Macro::transform_list:
        return Type::list(visit(body));
      case Macro::transform_map:
        return Type::map(first, visit(body));
      case Macro::transform_map_entry:
        break;
    }
    const Type entry = types_.head(visit(body));
    if (entry.is(TypeKind::map)) return entry;
    if (!entry.is_dyn() && !entry.is(TypeKind::parameter))
      faults_.add(tree_.at(body).at, "transformMapEntry makes entries: write {key: value}");
    return Type::map(Type::dyn(), Type::dyn());
  }

  Type optional_map(const Node& node) {
    const Type target = types_.head(visit(node.children[0]));
    Type inner = Type::dyn();
    if (target.is(TypeKind::optional)) {
      inner = target.argument(0);
    } else if (!target.is_dyn() && !target.is(TypeKind::parameter)) {
      faults_.add(tree_.at(node.children[0]).at, "optMap wants an optional value, not " + shown(target));
    }
    locals_[node.local] = inner;
    const Type result = types_.head(visit(node.children[1]));
    if (!node.flat) return Type::optional(result);
    if (result.is(TypeKind::optional)) return result;
    if (!result.is_dyn() && !result.is(TypeKind::parameter))
      faults_.add(tree_.at(node.children[1]).at, "optFlatMap's expression must be an optional");
    return Type::optional(Type::dyn());
  }

 private:
  Tree& tree_;
  const Environment& environment_;
  FaultList& faults_;
  Unifier types_;
  std::vector<Type> locals_;
};

}  // namespace

void check(Tree& tree, const Environment& environment, const std::optional<Type>& expected,
           FaultList& faults) {
  Checker checker(tree, environment, faults);
  checker.visit(tree.root);
  if (expected) checker.expect(*expected);
  checker.finish();
}

}  // namespace tillwatch::cel
