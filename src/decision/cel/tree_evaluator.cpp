// The plain evaluator. Called by tests as the oracle of the flat program.
#include "cel/tree_evaluator.h"

#include <algorithm>
#include <vector>

#include "cel/access.h"
#include "cel/compare.h"
#include "cel/library.h"
#include "cel/logic.h"
#include "cel/node_visit.h"

namespace tillwatch::cel {
namespace {

class Walker {
 public:
  Walker(const Tree& tree, Run& run) : tree_(tree), run_(run), locals_(tree.locals) {}

  Value value(NodeId id) { return visit_node(*this, tree_.at(id)); }

  // For visit_node(); nobody outside this file sees the class.
  Value no_value(const Node& node) { return error(node, "no value"); }
  static Value literal(const Node& node) { return literal_of(node); }
  Value bind(const Node& node) {
    locals_[node.local] = value(node.children[0]);
    return value(node.children[1]);
  }
  Value error(const Node& node, std::string_view message) {
    run_.at = node.at;
    return run_.fail(ErrorKind::no_such_overload, message);
  }
  std::vector<Value> values(const std::vector<NodeId>& ids) {
    std::vector<Value> all;
    all.reserve(ids.size());
    for (const NodeId id : ids) all.push_back(value(id));
    return all;
  }

  Value name(const Node& node) {
    run_.at = node.at;
    if (node.reference == Reference::local) return locals_[node.local];
    if (node.reference == Reference::type_name) return Value::type(runtime_name(*named_type(node.text)));
    if (node.reference != Reference::slot) return error(node, "unknown name");
    const Value found = run_.activation->load(node.slot);
    return node.test_only ? presence(found, node.slot) : loaded(run_, found, node.slot, node.text);
  }

  Value select(const Node& node) {
    const Value operand = value(node.children[0]);
    if (!operand.is_value()) return operand;
    run_.at = node.at;
    if (node.test_only) return has_field(run_, operand, node.text);
    return node.optional_access ? select_optional(run_, operand, node.text)
                                : select_field(run_, operand, node.text);
  }

  Value index(const Node& node) {
    const std::vector<Value> both = values(node.children);
    const Value failure = failure_of(run_, both);
    if (failure.kind != Kind::absent) return failure;
    run_.at = node.at;
    return node.optional_access ? index_optional(run_, both[0], both[1])
                                : index_value(run_, both[0], both[1]);
  }

  Value call(const Node& node) {
    if (node.function == nullptr) return error(node, "unknown function");
    if (node.member && node.children.size() == 2 && (node.text == "or" || node.text == "orValue")) {
      const Value target = value(node.children[0]);
      if (!target.is_value()) return target;
      if (target.kind != Kind::optional) return error(node, "not an optional");
      if (target.has_content()) return node.text == "or" ? target : *target.items;
      const Value other = value(node.children[1]);
      if (node.text == "or" && other.is_value() && other.kind != Kind::optional)
        return error(node, "not an optional");
      return other;
    }
    const std::vector<Value> arguments = values(node.children);
    const Value failure = failure_of(run_, arguments);
    run_.at = node.at;
    return failure.kind == Kind::absent ? node.function->run(run_, arguments) : failure;
  }

  // All operands at once: a dominant one decides, then unknowns, then errors.
  Value absorb(const Node& node, const std::vector<Value>& operands, bool dominant) {
    Value unknown;
    Value failure;
    for (const Value& operand : operands) {
      if (operand.kind == Kind::boolean && operand.truth() == dominant) return operand;
      if (operand.is_unknown())
        unknown = unknown.is_unknown() ? merge_unknowns(run_, unknown, operand) : operand;
      if (operand.is_error() && !failure.is_error()) failure = operand;
      if (operand.is_value() && operand.kind != Kind::boolean && !failure.is_error())
        failure = error(node, "no bool");
    }
    if (unknown.is_unknown()) return unknown;
    return failure.is_error() ? failure : Value::boolean(!dominant);
  }
  Value logical(const Node& node) {
    return absorb(node, values(node.children), node.kind == NodeKind::any_of);
  }

  Value conditional(const Node& node) {
    const Value condition = value(node.children[0]);
    if (!condition.is_value()) return condition;
    if (condition.kind != Kind::boolean) return error(node, "no bool");
    return value(node.children[condition.truth() ? 1 : 2]);
  }

  Value list(const Node& node) {
    const std::vector<Value> items = values(node.children);
    const Value failure = failure_of(run_, items);
    if (failure.kind != Kind::absent) return failure;
    std::vector<Value> kept;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!node.optional_marks[i]) {
        kept.push_back(items[i]);
      } else if (items[i].kind != Kind::optional) {
        return error(node, "not an optional");
      } else if (items[i].has_content()) {
        kept.push_back(*items[i].items);
      }
    }
    return made_list(kept);
  }
  Value made_list(const std::vector<Value>& items) {
    auto* room = run_.arena.take<Value>(items.size());
    if (room == nullptr) return run_.out_of_memory();
    std::uninitialized_copy(items.begin(), items.end(), room);
    return Value::list({room, items.size()});
  }
  Value made_map(const std::vector<MapEntry>& entries) {
    auto* room = run_.arena.take<MapEntry>(entries.size());
    if (room == nullptr) return run_.out_of_memory();
    std::uninitialized_copy(entries.begin(), entries.end(), room);
    return build_map(run_, {room, entries.size()});
  }

  Value map(const Node& node) {
    const std::vector<Value> parts = values(node.children);
    const Value failure = failure_of(run_, parts);
    if (failure.kind != Kind::absent) return failure;
    run_.at = node.at;
    std::vector<MapEntry> entries;
    for (std::size_t i = 0; i < parts.size(); i += 2) {
      Value content = parts[i + 1];
      if (node.optional_marks[i / 2]) {
        if (content.kind != Kind::optional) return error(node, "not an optional");
        if (!content.has_content()) continue;
        content = *content.items;
      }
      entries.push_back({parts[i], content});
    }
    return made_map(entries);
  }

  void enter(const Node& node, const Value& range, std::uint32_t i) {
    const bool is_list = range.kind == Kind::list;
    const Value item = is_list ? range.items[i] : range.entries[i].value;
    const Value first = is_list ? (node.two_variables ? Value::integer(i) : item) : range.entries[i].key;
    locals_[node.local] = first;
    if (node.two_variables) locals_[node.local + 1] = item;
  }

  Value comprehension(const Node& node) {
    const Value range = value(node.children[0]);
    if (!range.is_value()) return range;
    if (range.kind != Kind::list && range.kind != Kind::map) return error(node, "no range");
    std::vector<Value> results;
    std::vector<Value> firsts;
    std::vector<Value> failures;
    for (std::uint32_t i = 0; i < range.size; ++i) {
      enter(node, range, i);
      if (node.has_filter) {
        const Value wanted = value(node.children[1]);
        if (wanted.kind != Kind::boolean)
          failures.push_back(wanted.is_value() ? error(node, "no bool") : wanted);
        if (!wanted.is_true()) continue;
      }
      enter(node, range, i);
      results.push_back(value(node.children.back()));
      enter(node, range, i);
      firsts.push_back(locals_[node.local]);
    }
    if (node.macro == Macro::all) return absorb(node, results, false);
    if (node.macro == Macro::exists) return absorb(node, results, true);
    failures.insert(failures.end(), results.begin(), results.end());
    const bool wants_bool = node.macro == Macro::exists_one || node.macro == Macro::filter;
    for (Value& result : failures)
      if (wants_bool && result.is_value() && result.kind != Kind::boolean) result = error(node, "no bool");
    for (Value& result : failures)
      if (node.macro == Macro::transform_map_entry && result.is_value() && result.kind != Kind::map)
        result = error(node, "no map");
    const Value failure = failure_of(run_, failures);
    if (failure.kind != Kind::absent) return failure;
    run_.at = node.at;
    return gathered(node.macro, firsts, results);
  }

  Value gathered(Macro macro, const std::vector<Value>& firsts, const std::vector<Value>& results) {
    std::vector<Value> chosen;
    std::vector<MapEntry> entries;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i].is_true()) chosen.push_back(firsts[i]);
      if (macro == Macro::transform_map) entries.push_back({firsts[i], results[i]});
      if (macro == Macro::transform_map_entry)
        entries.insert(entries.end(), results[i].pairs().begin(), results[i].pairs().end());
    }
    if (macro == Macro::exists_one) return Value::boolean(chosen.size() == 1);
    if (macro == Macro::filter) return made_list(chosen);
    if (macro == Macro::transform_map || macro == Macro::transform_map_entry) return made_map(entries);
    return made_list(results);
  }

  Value optional_map(const Node& node) {
    const Value target = value(node.children[0]);
    if (!target.is_value()) return target;
    if (target.kind != Kind::optional) return error(node, "not an optional");
    if (!target.has_content()) return target;
    locals_[node.local] = *target.items;
    const Value result = value(node.children[1]);
    if (!result.is_value()) return result;
    if (!node.flat) return run_.some(result);
    return result.kind == Kind::optional ? result : error(node, "not an optional");
  }

 private:
  const Tree& tree_;
  Run& run_;
  std::vector<Value> locals_;
};

}  // namespace

Value evaluate_tree(const Tree& tree, Activation& activation, Arena& arena, const Bounds& bounds,
                    Zones* zones) {
  Run run{arena, bounds.instructions_max, bounds.list_items_max, 0, &activation, zones};
  return Walker(tree, run).value(tree.root);
}

}  // namespace tillwatch::cel
