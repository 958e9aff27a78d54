// Tree to flat program: && and || as jumps, comparisons of a variable with a constant as one instruction,
// constant parts computed once, constant patterns and sets prepared. Called by compile().
#include "cel/compiler.h"

#include <algorithm>
#include <limits>

#include "cel/code.h"
#include "cel/compare.h"
#include "cel/evaluator.h"

namespace tillwatch::cel {
namespace {

constexpr std::uint64_t assumed_items = 100;
constexpr std::uint32_t no_local = std::numeric_limits<std::uint32_t>::max();

struct RelationName {
  std::string_view function;
  std::uint8_t orders;
  std::string_view mirrored;  // the same with the operands exchanged
};
constexpr std::array<RelationName, 6> relation_names = {
    {{"_==_", order_equal, "_==_"},
     {"_!=_", order_less | order_greater | order_none, "_!=_"},
     {"_<_", order_less, "_>_"},
     {"_<=_", order_less | order_equal, "_>=_"},
     {"_>_", order_greater, "_<_"},
     {"_>=_", order_greater | order_equal, "_<=_"}}};

const RelationName* relation_of(std::string_view function) {
  for (const RelationName& name : relation_names)
    if (name.function == function) return &name;
  return nullptr;
}

// Whether copying the value makes at most `left` pieces.
bool is_small(const Value& value, std::uint32_t& left) {
  if (left == 0) return false;
  --left;
  if (value.kind == Kind::list) {
    for (const Value& item : value.elements())
      if (!is_small(item, left)) return false;
  } else if (value.kind == Kind::map) {
    for (const MapEntry& entry : value.pairs())
      if (!is_small(entry.key, left) || !is_small(entry.value, left)) return false;
  } else if (value.kind == Kind::optional && value.has_content()) {
    return is_small(*value.items, left);
  }
  return true;
}

class Compiler {
 public:
  Compiler(const Tree& tree, const Environment& environment, const Bounds& bounds, bool checked,
           FaultList& faults)
      : tree_(tree),
        checked_(checked),
        faults_(faults),
        code_(std::make_unique<Code>()),
        closed_(tree.nodes.size()) {
    code_->bounds = bounds;
    code_->locals = tree.locals;
    for (const RelationName& name : relation_names)
      code_->relations[name.orders] = environment.find_function(name.function, false);
  }

  std::unique_ptr<const Code> run(NodeId root) {
    find_closed(root);
    emit(root);
    put(Op::finish, tree_.at(root).at);
    code_->type = tree_.at(root).type;
    for (const Slot& slot : code_->slots) code_->slot_numbers.push_back(slot.number);
    std::sort(code_->slot_numbers.begin(), code_->slot_numbers.end());
    code_->slot_numbers.erase(std::unique(code_->slot_numbers.begin(), code_->slot_numbers.end()),
                              code_->slot_numbers.end());
    return std::move(code_);
  }

 private:
  // What a subtree depends on: a variable (then it is no constant) or macro variables of its surroundings.
  struct Closed {
    bool constant = true;
    std::uint32_t lowest_local = no_local;
    bool is_constant() const { return constant && lowest_local == no_local; }
  };

  Closed find_closed(NodeId id) {
    const Node& node = tree_.at(id);
    Closed result;
    if (node.kind == NodeKind::invalid || node.kind == NodeKind::message) result.constant = false;
    if (node.kind == NodeKind::call && (node.function == nullptr || node.function->asks_activation))
      result.constant = false;
    if (node.kind == NodeKind::identifier) {
      if (node.reference == Reference::local) result.lowest_local = node.local;
      result.constant = node.reference == Reference::local || node.reference == Reference::type_name;
    }
    const bool binds = node.kind == NodeKind::comprehension || node.kind == NodeKind::bind ||
                       node.kind == NodeKind::optional_map;
    for (const NodeId child : node.children) {
      const Closed part = find_closed(child);
      result.constant = result.constant && part.constant;
      if (!binds || part.lowest_local < node.local)
        result.lowest_local = std::min(result.lowest_local, part.lowest_local);
    }
    return closed_[id] = result;
  }

  std::uint32_t here() const { return static_cast<std::uint32_t>(code_->instructions.size()); }
  std::uint32_t put(Op op, std::uint32_t at, Instruction rest = {}) {
    rest.op = op;
    code_->instructions.push_back(rest);
    code_->places.push_back(at);
    code_->cost = code_->cost > no_cost - multiplier_ ? no_cost : code_->cost + multiplier_;
    return here() - 1;
  }
  // Takes back an instruction that only pushed a value.
  void drop_last() {
    code_->instructions.pop_back();
    code_->places.pop_back();
    code_->cost -= code_->cost == no_cost ? 0 : multiplier_;
    shrink();
  }
  Instruction& instruction(std::uint32_t index) { return code_->instructions[index]; }
  void land(std::span<const std::uint32_t> jumps) {
    for (const std::uint32_t jump : jumps) instruction(jump).c = here();
  }
  void grow(std::uint32_t values = 1) {
    depth_ += values;
    code_->stack_max = std::max(code_->stack_max, depth_);
  }
  void shrink(std::uint32_t values = 1) { depth_ -= values; }

  std::uint32_t text_index(std::string_view text) {
    const auto found = std::find(code_->texts.begin(), code_->texts.end(), text);
    if (found != code_->texts.end()) return static_cast<std::uint32_t>(found - code_->texts.begin());
    code_->texts.emplace_back(text);
    return static_cast<std::uint32_t>(code_->texts.size() - 1);
  }
  std::uint32_t slot_index(const Node& node) {
    for (std::size_t i = 0; i < code_->slots.size(); ++i)
      if (code_->slots[i].name == node.text) return static_cast<std::uint32_t>(i);
    code_->slots.push_back({node.slot, node.text});
    return static_cast<std::uint32_t>(code_->slots.size() - 1);
  }
  std::uint32_t function_index(const Function* function) {
    const auto found = std::find(code_->functions.begin(), code_->functions.end(), function);
    if (found != code_->functions.end()) return static_cast<std::uint32_t>(found - code_->functions.begin());
    code_->functions.push_back(function);
    return static_cast<std::uint32_t>(code_->functions.size() - 1);
  }
  std::uint32_t constant_index(const Value& value) {
    code_->constants.push_back(code_->store.keep(value));
    return static_cast<std::uint32_t>(code_->constants.size() - 1);
  }
  void put_constant(const Value& value, std::uint32_t at) {
    const std::uint32_t index = constant_index(value);
    put(Op::constant, at, {.a = index});
    grow();
  }
  void put_unbound(std::string_view message, std::uint32_t at) {
    const std::uint32_t index = text_index(message);
    put(Op::unbound, at, {.a = index});
    grow();
  }

  void emit(NodeId id) {
    const Node& node = tree_.at(id);
    if (node.kind == NodeKind::literal) return put_constant(literal_of(node), node.at);
    if (!folding_ && closed_[id].is_constant()) return fold(id);
    emit_node(node);
  }

  void emit_node(const Node& node) {
    switch (node.kind) {
      case NodeKind::invalid:
        return put_unbound("the expression has a fault here", node.at);
      case NodeKind::message:
        return put_unbound("messages cannot be made here", node.at);
      case NodeKind::literal:
        return;
      case NodeKind::identifier:
        return identifier(node);
      case NodeKind::select:
        return select(node);
      case NodeKind::index: {
        emit(node.children[0]);
        emit(node.children[1]);
        put(Op::index, node.at, {.sub = static_cast<std::uint8_t>(node.optional_access ? 1 : 0)});
        return shrink();
      }
      case NodeKind::call:
        return call(node);
      case NodeKind::all_of:
        return logical(node, Op::and_jump, Op::and_merge, Op::relation_and);
      case NodeKind::any_of:
        return logical(node, Op::or_jump, Op::or_merge, Op::relation_or);
      case NodeKind::conditional:
        return conditional(node);
      case NodeKind::list:
      case NodeKind::map:
        return aggregate(node);
      case NodeKind::comprehension:
        return comprehension(node);
      case NodeKind::bind: {
        emit(node.children[0]);
        put(Op::store_local, node.at, {.a = node.local});
        shrink();
        return emit(node.children[1]);
      }
      case NodeKind::optional_map:
        return optional_map(node);
    }
  }

  // Emits the part, runs it, and puts its value in its place; what fails to be a value stays as it is.
  void fold(NodeId id) {
    const Node& node = tree_.at(id);
    const std::uint32_t start = here();
    const std::uint64_t cost = code_->cost;
    folding_ = true;
    emit_node(node);
    put(Op::finish, node.at);
    folding_ = false;
    constexpr std::size_t scratch_bytes = 64 * 1024;
    constexpr std::uint64_t steps = 20'000;
    Arena scratch(scratch_bytes + code_->stack_max * sizeof(Value));
    const Value value = evaluate_constant(*code_, start, scratch, steps);
    std::uint32_t pieces = core::limits::cel_literal_items_max * 2;
    code_->instructions.pop_back();
    code_->places.pop_back();
    if (!value.is_value() || !is_small(value, pieces)) return;
    code_->instructions.resize(start);
    code_->places.resize(start);
    code_->cost = cost;
    shrink();
    put_constant(value, node.at);
  }

  void identifier(const Node& node) {
    if (node.reference == Reference::slot) {
      const std::uint32_t index = slot_index(node);
      put(node.test_only ? Op::has_slot : Op::load_slot, node.at, {.a = index});
      return grow();
    }
    if (node.reference == Reference::local) {
      put(Op::load_local, node.at, {.a = node.local});
      return grow();
    }
    if (node.reference == Reference::type_name)
      return put_constant(Value::type(runtime_name(named_type(node.text).value_or(Type::dyn()))), node.at);
    put_unbound("unknown name '" + node.text + "'", node.at);
  }

  void select(const Node& node) {
    emit(node.children[0]);
    const std::uint8_t how = node.test_only ? 2 : node.optional_access ? 1 : 0;
    const std::uint32_t name = text_index(node.text);
    put(Op::select, node.at, {.sub = how, .a = name});
  }

  void call(const Node& node) {
    if (node.function == nullptr) return put_unbound("unknown function '" + node.text + "'", node.at);
    if (node.member && node.children.size() == 2 && (node.text == "or" || node.text == "orValue"))
      return or_else(node);
    if (const RelationName* relation = relation_of(node.text);
        relation != nullptr && node.children.size() == 2)
      return emit_relation(node, *relation);
    if (node.text == "_in_" && in_set(node)) return;
    if (node.text == "matches" && node.children.size() == 2 && matches(node)) return;
    for (const NodeId child : node.children) emit(child);
    const auto count = static_cast<std::uint32_t>(node.children.size());
    const std::uint32_t function = function_index(node.function);
    if (node.text == "_+_" || node.text == "_-_" || node.text == "_*_") {
      const Arithmetic which = node.text == "_+_"   ? Arithmetic::add
                               : node.text == "_-_" ? Arithmetic::subtract
                                                    : Arithmetic::multiply;
      put(Op::arithmetic, node.at, {.sub = static_cast<std::uint8_t>(which), .a = function});
    } else if (node.text == "!_") {
      put(Op::negation, node.at, {.a = function});
    } else {
      put(Op::call, node.at, {.count = static_cast<std::uint16_t>(count), .a = function});
    }
    if (count == 0) return grow();
    shrink(count - 1);
  }

  bool is_plain_slot(const Node& node) const {
    return node.kind == NodeKind::identifier && node.reference == Reference::slot && !node.test_only;
  }

  void emit_relation(const Node& node, const RelationName& relation) {
    const Node& left = tree_.at(node.children[0]);
    const Node& right = tree_.at(node.children[1]);
    const bool forward = is_plain_slot(left) && closed_[node.children[1]].is_constant();
    const bool backward = is_plain_slot(right) && closed_[node.children[0]].is_constant();
    if (!folding_ && (forward || backward)) {
      // The constant is emitted, so that it is folded, and taken back out of the program if that worked.
      const std::uint32_t start = here();
      emit(node.children[forward ? 1 : 0]);
      if (here() == start + 1 && instruction(start).op == Op::constant) {
        const std::uint32_t constant = instruction(start).a;
        drop_last();
        const std::uint32_t slot = slot_index(forward ? left : right);
        const std::uint8_t orders = forward ? relation.orders : relation_of(relation.mirrored)->orders;
        put(Op::relation_slot, node.at, {.sub = orders, .a = slot, .b = constant});
        return grow();
      }
      if (forward) {
        // The right side is already emitted and is no value: it stays first, the relation is mirrored.
        emit(node.children[0]);
        put(Op::relation, node.at, {.sub = relation_of(relation.mirrored)->orders});
        return shrink();
      }
      emit(node.children[1]);
    } else {
      emit(node.children[0]);
      emit(node.children[1]);
    }
    put(Op::relation, node.at, {.sub = relation.orders});
    shrink();
  }
  // x in [constants]: all texts or all ints, sorted once. False where the list is not of that form.
  bool in_set(const Node& node) {
    constexpr std::uint32_t worth_it = 4;
    if (folding_ || !closed_[node.children[1]].is_constant()) return false;
    emit(node.children[0]);
    const std::uint32_t start = here();
    emit(node.children[1]);
    const std::uint32_t function = function_index(node.function);
    if (here() == start + 1 && instruction(start).op == Op::constant) {
      const std::uint32_t list = instruction(start).a;
      if (const auto sorted = sorted_set(code_->constants[list], worth_it)) {
        drop_last();
        code_->constants.push_back(*sorted);
        put(Op::in_set, node.at,
            {.a = static_cast<std::uint32_t>(code_->constants.size() - 1), .b = list, .c = function});
        return true;
      }
    }
    put(Op::call, node.at, {.count = 2, .a = function});
    shrink();
    return true;
  }
  std::optional<Value> sorted_set(const Value& list, std::uint32_t least) {
    if (list.kind != Kind::list || list.size < least) return std::nullopt;
    const Kind kind = list.items[0].kind;
    if (kind != Kind::text && kind != Kind::integer) return std::nullopt;
    for (const Value& item : list.elements())
      if (item.kind != kind) return std::nullopt;
    std::vector<Value> items(list.elements().begin(), list.elements().end());
    std::sort(items.begin(), items.end(), [](const Value& a, const Value& b) { return *compare(a, b) < 0; });
    return code_->store.keep_list(std::move(items));
  }

  bool matches(const Node& node) {
    const Node& pattern = tree_.at(node.children[1]);
    if (pattern.kind != NodeKind::literal || pattern.literal.kind != Kind::text) return false;
    std::string error;
    auto regex = Regex::compile(pattern.text, error);
    if (!regex) {
      if (!checked_) return false;
      faults_.add(pattern.at, "this is no regular expression: " + error, "the notation is that of RE2");
      put_unbound("the pattern is no regular expression", node.at);
      return true;
    }
    emit(node.children[0]);
    code_->regexes.push_back(std::move(*regex));
    const std::uint32_t function = function_index(node.function);
    const std::uint32_t constant = constant_index(literal_of(pattern));
    put(Op::matches, node.at,
        {.a = static_cast<std::uint32_t>(code_->regexes.size() - 1), .b = function, .c = constant});
    // Where the operand is no text the pattern joins it on the stack, for the function to refuse.
    grow();
    shrink();
    return true;
  }

  void logical(const Node& node, Op jump, Op merge, Op fused) {
    std::vector<std::uint32_t> jumps;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const std::uint32_t start = here();
      emit(node.children[i]);
      const bool last = i + 1 == node.children.size();
      if (i > 0) {
        const std::uint32_t merged = put(merge, node.at);
        shrink();
        if (!last) jumps.push_back(merged);
      } else if (here() == start + 1 && instruction(start).op == Op::relation_slot) {
        instruction(start).op = fused;
        jumps.push_back(start);
      } else {
        jumps.push_back(put(jump, node.at));
      }
    }
    land(jumps);
  }

  void conditional(const Node& node) {
    emit(node.children[0]);
    const std::uint32_t choose = put(Op::choose, node.at);
    shrink();
    emit(node.children[1]);
    const std::uint32_t jump = put(Op::jump, node.at);
    shrink();
    instruction(choose).b = here();
    emit(node.children[2]);
    land(std::array{choose, jump});
  }

  void aggregate(const Node& node) {
    for (const NodeId child : node.children) emit(child);
    std::uint32_t marks = 0;
    if (std::find(node.optional_marks.begin(), node.optional_marks.end(), true) !=
        node.optional_marks.end()) {
      code_->marks.push_back(node.optional_marks);
      marks = static_cast<std::uint32_t>(code_->marks.size() - 1);
    }
    const auto values = static_cast<std::uint32_t>(node.children.size());
    const bool is_map = node.kind == NodeKind::map;
    put(is_map ? Op::map : Op::list, node.at, {.a = is_map ? values / 2 : values, .b = marks});
    if (values == 0) return grow();
    shrink(values - 1);
  }

  void comprehension(const Node& node) {
    const Node& range = tree_.at(node.children[0]);
    emit(node.children[0]);
    const std::uint32_t loop = loop_depth_++;
    code_->loops = std::max(code_->loops, loop_depth_);
    const std::uint32_t begin = put(Op::loop_begin, node.at,
                                    {.sub = static_cast<std::uint8_t>(node.macro),
                                     .count = static_cast<std::uint16_t>(node.two_variables ? 2 : 1),
                                     .a = node.local,
                                     .b = loop});
    shrink();
    const std::uint64_t items =
        range.kind == NodeKind::list ? std::max<std::size_t>(1, range.children.size()) : assumed_items;
    const std::uint64_t outer = multiplier_;
    multiplier_ = multiplier_ > no_cost / items ? no_cost : multiplier_ * items;
    const std::uint32_t next = put(Op::loop_next, node.at, {.b = loop});
    if (node.has_filter) {
      emit(node.children[1]);
      put(Op::loop_filter, node.at, {.b = loop, .c = next});
      shrink();
    }
    emit(node.children.back());
    const std::uint32_t step =
        put(Op::loop_step, node.at, {.sub = static_cast<std::uint8_t>(node.macro), .a = next, .b = loop});
    shrink();
    multiplier_ = outer;
    instruction(next).a = here() - next;
    land(std::array{next, step});
    put(Op::loop_end, node.at, {.b = loop});
    grow();
    instruction(begin).c = here();
    --loop_depth_;
  }

  void optional_map(const Node& node) {
    emit(node.children[0]);
    const std::uint32_t in = put(Op::optional_in, node.at, {.a = node.local});
    shrink();
    emit(node.children[1]);
    put(node.flat ? Op::want_optional : Op::optional_out, node.at);
    instruction(in).c = here();
  }

  void or_else(const Node& node) {
    const bool value = node.text == "orValue";
    emit(node.children[0]);
    const std::uint32_t test = put(Op::or_else, node.at, {.sub = static_cast<std::uint8_t>(value ? 1 : 0)});
    shrink();
    emit(node.children[1]);
    if (!value) put(Op::want_optional, node.at);
    instruction(test).c = here();
  }

  static constexpr std::uint64_t no_cost = std::numeric_limits<std::uint64_t>::max();
  const Tree& tree_;
  bool checked_;
  FaultList& faults_;
  std::unique_ptr<Code> code_;
  std::vector<Closed> closed_;
  std::uint32_t depth_ = 0;
  std::uint32_t loop_depth_ = 0;
  std::uint64_t multiplier_ = 1;
  bool folding_ = false;
};

}  // namespace

std::unique_ptr<const Code> generate(const Tree& tree, NodeId root, const Environment& environment,
                                     const Bounds& bounds, bool checked, FaultList& faults) {
  return Compiler(tree, environment, bounds, checked, faults).run(root);
}

}  // namespace tillwatch::cel
