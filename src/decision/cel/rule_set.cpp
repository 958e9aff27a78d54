// Conditions cut into predicates and the tests between them. Called by the engine.
#include "cel/rule_set.h"

#include "cel/code.h"
#include "cel/syntax.h"
#include "core/check.h"

namespace tillwatch::cel {
namespace {

constexpr std::uint32_t ends_true = 0xFFFFFFFE;
constexpr std::uint32_t ends_false = 0xFFFFFFFF;

// A text that is equal for equal subtrees: every field that the program depends on, lengths first.
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
  // The names of macro variables do not matter, their numbers do.
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

bool is_not(const Node& node) {
  return node.kind == NodeKind::call && node.text == "!_" && node.children.size() == 1 &&
         node.function != nullptr;
}

struct Virtual {
  Activation& activation;
  Value load(std::uint32_t slot) const { return activation.load(slot); }
  Value run(const Program& program, Arena& arena) const { return evaluate(program, activation, arena); }
};
struct Array {
  std::span<const Value> slots;
  Value load(std::uint32_t slot) const { return slot < slots.size() ? slots[slot] : Value{}; }
  Value run(const Program& program, Arena& arena) const { return evaluate(program, slots, arena); }
};

}  // namespace

// Cuts one condition: the steps go in the order of the text, targets are patched when they are known.
class RuleSet::Builder {
 public:
  Builder(RuleSet& set, const Tree& tree, std::string_view source, const Environment& environment,
          const CompileOptions& options)
      : set_(set), tree_(tree), source_(source), environment_(environment), options_(options) {}

  std::vector<Step> build() {
    cut(tree_.root, ends_true, ends_false);
    for (Step& step : steps_) {
      for (std::uint32_t* target : {&step.yes, &step.no})
        if (*target >= first_label && *target < ends_true) *target = labels_[*target - first_label];
    }
    return std::move(steps_);
  }

 private:
  // Steps of the subtree, which lead to `yes` and `no`: an end, or a label that is placed later.
  void cut(NodeId id, std::uint32_t yes, std::uint32_t no) {
    const Node& node = tree_.at(id);
    if (is_not(node)) return cut(node.children[0], no, yes);
    if (node.kind != NodeKind::all_of && node.kind != NodeKind::any_of) {
      steps_.push_back({predicate(id), yes, no});
      return;
    }
    const bool all = node.kind == NodeKind::all_of;
    for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
      const auto next = first_label + static_cast<std::uint32_t>(labels_.size());
      labels_.push_back(0);
      cut(node.children[i], all ? next : yes, all ? no : next);
      labels_[next - first_label] = static_cast<std::uint32_t>(steps_.size());
    }
    cut(node.children.back(), yes, no);
  }

  std::uint32_t predicate(NodeId id) {
    std::string key;
    write_key(tree_, id, key);
    const auto found = set_.by_text_.find(key);
    if (found != set_.by_text_.end()) return found->second;
    auto program = compile_part(tree_, id, source_, environment_, options_);
    // The whole condition has been compiled before: a part of it has no faults of its own.
    CHECK(program.has_value());
    Predicate made;
    const Code& code = program->code();
    if (code.instructions.size() == 2 && code.instructions[0].op == Op::relation_slot) {
      const Instruction& only = code.instructions[0];
      const Value& constant = code.constants[only.b];
      made.quick = constant.kind == Kind::integer;
      made.orders = only.sub;
      made.slot = code.slots[only.a].number;
      made.constant = constant.i;
    }
    const auto number = static_cast<std::uint32_t>(set_.predicates_.size());
    set_.predicates_.push_back(made);
    set_.programs_.push_back(std::move(*program));
    set_.by_text_.emplace(std::move(key), number);
    return number;
  }

  RuleSet& set_;
  const Tree& tree_;
  std::string_view source_;
  const Environment& environment_;
  const CompileOptions& options_;
  static constexpr std::uint32_t first_label = 0x80000000;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> labels_;  // the step each stands for
};

std::expected<std::uint32_t, Faults> RuleSet::add(std::string_view source, const Environment& environment,
                                                  CompileOptions options) {
  options.expected = Type::boolean();
  options.unchecked = false;
  const auto tree = analyze(source, environment, options);
  if (!tree) return std::unexpected(tree.error());
  auto whole = compile_part(*tree, tree->root, source, environment, options);
  if (!whole) return std::unexpected(std::move(whole).error());
  rules_.push_back({Builder(*this, *tree, source, environment, options).build(), std::move(*whole)});
  return static_cast<std::uint32_t>(rules_.size() - 1);
}

template <class Source>
void RuleSet::test(std::uint32_t number, Source source, Arena& arena, PredicatePlanes::Word& word,
                   std::uint64_t bit) const {
  const Predicate& predicate = predicates_[number];
  word.done |= bit;
  if (predicate.quick) {
    const Value value = source.load(predicate.slot);
    if (value.kind == Kind::integer) {
      const unsigned order = static_cast<unsigned>(value.i >= predicate.constant) +
                             static_cast<unsigned>(value.i > predicate.constant);
      word.known |= bit;
      if (((static_cast<unsigned>(predicate.orders) >> order) & 1u) != 0) word.value |= bit;
      return;
    }
  }
  const Value answer = source.run(programs_[number], arena);
  if (answer.kind != Kind::boolean) return;
  word.known |= bit;
  if (answer.truth()) word.value |= bit;
}

template <class Source>
Value RuleSet::walk(std::uint32_t number, Source source, Arena& arena, PredicatePlanes& planes) const {
  const Rule& rule = rules_[number];
  for (std::uint32_t at = 0;;) {
    const Step& step = rule.steps[at];
    PredicatePlanes::Word& word = planes.words_[step.predicate / 64];
    const std::uint64_t bit = std::uint64_t{1} << (step.predicate % 64);
    if ((word.done & bit) == 0) test(step.predicate, source, arena, word, bit);
    // An error or an unknown may still be absorbed: the whole condition knows.
    if ((word.known & bit) == 0) return source.run(rule.whole, arena);
    at = (word.value & bit) != 0 ? step.yes : step.no;
    if (at >= ends_true) return Value::boolean(at == ends_true);
  }
}

Value RuleSet::evaluate(std::uint32_t rule, Activation& activation, Arena& arena,
                        PredicatePlanes& planes) const {
  return walk(rule, Virtual{activation}, arena, planes);
}

Value RuleSet::evaluate(std::uint32_t rule, std::span<const Value> slots, Arena& arena,
                        PredicatePlanes& planes) const {
  return walk(rule, Array{slots}, arena, planes);
}

}  // namespace tillwatch::cel
