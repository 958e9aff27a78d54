// Conditions cut into predicates, and the answers of one event. Called by the policy compiler and the engine.
#include "cel/rule_set.h"

#include <algorithm>

#include "cel/code.h"
#include "cel/plain_relation.h"
#include "cel/syntax.h"
#include "cel/tree_key.h"
#include "core/check.h"

namespace tillwatch::cel {
namespace {

constexpr std::uint32_t ends_true = 0xFFFFFFFE;
constexpr std::uint32_t ends_false = 0xFFFFFFFF;

bool is_not(const Node& node) {
  return node.kind == NodeKind::call && node.text == "!_" && node.children.size() == 1 &&
         node.function != nullptr;
}

bool has_loop(const Tree& tree, NodeId id) {
  const Node& node = tree.at(id);
  return node.kind == NodeKind::comprehension ||
         std::ranges::any_of(node.children, [&tree](NodeId child) { return has_loop(tree, child); });
}

// Parts with loops, as && || and ! cut the condition.
std::size_t loops_in(const Tree& tree, NodeId id) {
  const Node& node = tree.at(id);
  if (!is_not(node) && node.kind != NodeKind::all_of && node.kind != NodeKind::any_of)
    return has_loop(tree, id) ? 1 : 0;
  std::size_t loops = 0;
  for (const NodeId child : node.children) loops += loops_in(tree, child);
  return loops;
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
      : set_(set),
        tree_(tree),
        source_(source),
        environment_(environment),
        options_(options),
        whole_(loops_in(tree, tree.root) > 1) {}

  std::vector<Step> steps() {
    cut(tree_.root, ends_true, ends_false);
    for (Step& step : steps_) {
      for (std::uint32_t* target : {&step.yes, &step.no})
        if (*target >= first_label && *target < ends_true) *target = labels_[*target - first_label];
    }
    return std::move(steps_);
  }
  Formula formula() { return formula(tree_.root, false); }

 private:
  bool is_cut(const Node& node) const {
    return !whole_ && (node.kind == NodeKind::all_of || node.kind == NodeKind::any_of);
  }

  // Steps of the subtree, which lead to `yes` and `no`: an end, or a label that is placed later.
  void cut(NodeId id, std::uint32_t yes, std::uint32_t no) {
    const Node& node = tree_.at(id);
    if (!whole_ && is_not(node)) return cut(node.children[0], no, yes);
    if (!is_cut(node)) {
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

  Formula formula(NodeId id, bool negated) {
    const Node& node = tree_.at(id);
    if (!whole_ && is_not(node)) return formula(node.children[0], !negated);
    if (!is_cut(node)) return {Formula::Kind::literal, negated, predicate(id)};
    Formula made;
    made.kind = (node.kind == NodeKind::all_of) != negated ? Formula::Kind::all : Formula::Kind::any;
    for (const NodeId child : node.children) {
      Formula part = formula(child, negated);
      if (part.kind == made.kind) {
        for (Formula& inner : part.parts) made.parts.push_back(std::move(inner));
      } else {
        made.parts.push_back(std::move(part));
      }
    }
    return made;
  }

  std::uint32_t predicate(NodeId id) {
    std::string key = tree_key(tree_, id);
    const auto found = set_.by_text_.find(key);
    if (found != set_.by_text_.end()) return found->second;
    auto program = compile_part(tree_, id, source_, environment_, options_);
    // The whole condition has been compiled before: a part of it has no faults of its own.
    CHECK(program.has_value());
    Predicate made;
    const Code& code = program->code();
    const std::vector<Instruction>& all = code.instructions;
    if (all.size() == 4 && all[0].op == Op::load_slot && all[1].op == Op::load_slot &&
        all[2].op == Op::relation) {
      made.is_pair = true;
      made.left = code.slots[all[0].a].number;
      made.right = code.slots[all[1].a].number;
      made.orders = all[2].sub;
    }
    const auto number = static_cast<std::uint32_t>(set_.predicates_.size());
    set_.predicates_.push_back(made);
    set_.quick_.push_back(quick_predicate(*program));
    set_.programs_.push_back(std::move(*program));
    set_.by_text_.emplace(std::move(key), number);
    return number;
  }

  RuleSet& set_;
  const Tree& tree_;
  std::string_view source_;
  const Environment& environment_;
  const CompileOptions& options_;
  bool whole_;  // the budget of an evaluation is the whole condition's: two loops have to share it
  static constexpr std::uint32_t first_label = 0x80000000;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> labels_;  // the step each stands for
};

std::expected<std::uint32_t, Faults> RuleSet::add(std::string_view source, const Environment& environment,
                                                  CompileOptions options) {
  CHECK(lanes_ == 0);
  options.expected = Type::boolean();
  options.unchecked = false;
  const auto tree = analyze(source, environment, options);
  if (!tree) return std::unexpected(tree.error());
  auto whole = compile_part(*tree, tree->root, source, environment, options);
  if (!whole) return std::unexpected(std::move(whole).error());
  Builder builder(*this, *tree, source, environment, options);
  rules_.push_back({builder.steps(), std::make_shared<const Program>(std::move(*whole))});
  formulas_.push_back(builder.formula());
  return static_cast<std::uint32_t>(rules_.size() - 1);
}

// Gives everything its lane.
class RuleSet::Arranger {
 public:
  Arranger(RuleSet& set, const std::function<bool(std::uint32_t)>& at_hand)
      : set_(set),
        at_hand_(at_hand),
        positive_(set.predicates_.size(), open_at),
        negative_(set.predicates_.size(), open_at),
        is_negated_(set.predicates_.size()) {
    for (std::size_t i = 0; i < set.quick_.size(); ++i)
      if (set.quick_[i].form == QuickPredicate::Form::constant)
        positive_[i] = set.quick_[i].truth ? true_at : false_at;
  }

  void run() {
    for (const Formula& formula : set_.formulas_) note_negations(formula);
    std::uint32_t lane = lane_block;
    lane = make_tables(true, lane);
    set_.eager_tables_ = set_.tables_.count();
    set_.gates_ = Gates(lane);
    std::vector<std::uint32_t> roots;
    roots.reserve(set_.formulas_.size());
    for (const Formula& formula : set_.formulas_) roots.push_back(combined(formula));
    set_.gates_.settle(roots);
    set_.roots_ = std::move(roots);
    lane += set_.gates_.count();
    set_.first_lazy_ = lane = (lane + lane_block - 1) / lane_block * lane_block;
    lane = make_tables(false, lane);
    for (std::size_t i = 0; i < set_.predicates_.size(); ++i) {
      Predicate& predicate = set_.predicates_[i];
      predicate.lane = positive_[i] != open_at ? positive_[i] : lane++;
      const std::uint32_t table = set_.tables_.table_of(predicate.lane);
      if (table < set_.tables_.count() && table >= set_.eager_tables_) predicate.table = table;
    }
    set_.first_filled_ = lane;
    set_.lanes_ = lane + set_.tables_.count() - set_.eager_tables_;
  }

 private:
  bool has_table(std::size_t predicate) const {
    const QuickPredicate::Form form = set_.quick_[predicate].form;
    return form != QuickPredicate::Form::none && form != QuickPredicate::Form::constant;
  }

  void note_negations(const Formula& formula) {
    if (formula.kind == Formula::Kind::literal && formula.negated && has_table(formula.predicate))
      is_negated_[formula.predicate] = true;
    for (const Formula& part : formula.parts) note_negations(part);
  }

  // Tables of all predicates whose variable is at hand, or is not.
  std::uint32_t make_tables(bool at_hand, std::uint32_t lane) {
    std::vector<SlotTables::Column> columns;
    for (std::size_t i = 0; i < set_.quick_.size(); ++i) {
      if (!has_table(i) || at_hand_(set_.quick_[i].slot) != at_hand) continue;
      columns.push_back({&set_.quick_[i], false, 0});
      if (at_hand && is_negated_[i]) columns.push_back({&set_.quick_[i], true, 0});
    }
    lane = set_.tables_.add(columns, lane);
    for (const SlotTables::Column& column : columns)
      (column.negated ? negative_ : positive_)[static_cast<std::size_t>(column.test - set_.quick_.data())] =
          column.lane;
    return lane;
  }

  std::uint32_t combined(const Formula& formula) {
    if (formula.kind == Formula::Kind::literal) {
      const QuickPredicate& test = set_.quick_[formula.predicate];
      if (test.form == QuickPredicate::Form::constant)
        return test.truth != formula.negated ? true_at : false_at;
      return (formula.negated ? negative_ : positive_)[formula.predicate];
    }
    std::vector<std::uint32_t> operands;
    operands.reserve(formula.parts.size());
    for (const Formula& part : formula.parts) operands.push_back(combined(part));
    return set_.gates_.combine(formula.kind == Formula::Kind::all, std::move(operands));
  }

  RuleSet& set_;
  const std::function<bool(std::uint32_t)>& at_hand_;
  std::vector<std::uint32_t> positive_, negative_;  // lanes by predicate; open_at where there is none
  std::vector<bool> is_negated_;
};

void RuleSet::arrange(const std::function<bool(std::uint32_t slot)>& at_hand) {
  CHECK(lanes_ == 0);
  Arranger(*this, at_hand).run();
  quick_.clear();
  formulas_.clear();
  by_text_.clear();
}

void RuleSet::prepare(PredicatePlanes& planes) const {
  CHECK(lanes_ != 0);
  if (planes.lanes_.size() != lanes_) {
    planes.lanes_.assign(lanes_, lane_untried);
    planes.lanes_[true_at] = lane_true;
    planes.lanes_[false_at] = lane_false;
  }
  std::fill(planes.lanes_.begin() + first_lazy_, planes.lanes_.end(), lane_untried);
}

void RuleSet::begin(Activation& activation, PredicatePlanes& planes) const {
  prepare(planes);
  tables_.fill(
      0, eager_tables_, [&](std::uint32_t slot) { return activation.load(slot); }, planes.lanes_.data());
  gates_.run(planes.lanes_.data());
}

void RuleSet::begin(std::span<const Value> slots, PredicatePlanes& planes) const {
  prepare(planes);
  tables_.fill(
      0, eager_tables_, [source = Array{slots}](std::uint32_t slot) { return source.load(slot); },
      planes.lanes_.data());
  gates_.run(planes.lanes_.data());
}

template <class Source>
Lane RuleSet::test(std::uint32_t number, Source source, Arena& arena, PredicatePlanes& planes) const {
  const Predicate& predicate = predicates_[number];
  Lane& lane = planes.lanes_[predicate.lane];
  if (predicate.table != no_table) {
    Lane& filled = planes.lanes_[first_filled_ + predicate.table - eager_tables_];
    if (filled == lane_untried) {
      filled = lane_true;
      tables_.fill(predicate.table, source.load(tables_.slot(predicate.table)), planes.lanes_.data());
      if ((lane & untried_bit) == 0) return lane;
    }
  }
  if (predicate.is_pair) {
    const unsigned answer =
        plain_relation(source.load(predicate.left), source.load(predicate.right), predicate.orders);
    if (answer < 2) return lane = lane_of(answer != 0);
  }
  const Value answer = source.run(programs_[number], arena);
  return lane = answer.kind == Kind::boolean ? lane_of(answer.truth()) : lane_failed;
}

template <class Source>
Value RuleSet::walk(std::uint32_t number, Source source, Arena& arena, PredicatePlanes& planes) const {
  const Rule& rule = rules_[number];
  for (std::uint32_t at = 0;;) {
    const Step& step = rule.steps[at];
    Lane lane = planes.lanes_[predicates_[step.predicate].lane];
    if ((lane & untried_bit) != 0) lane = test(step.predicate, source, arena, planes);
    // An error or an unknown may still be absorbed: the whole condition knows.
    if (lane == lane_absent || lane == lane_failed) return source.run(*rule.whole, arena);
    at = lane == lane_true ? step.yes : step.no;
    if (at >= ends_true) return Value::boolean(at == ends_true);
  }
}

Value RuleSet::evaluate(std::uint32_t rule, Activation& activation, Arena& arena,
                        PredicatePlanes& planes) const {
  const Verdict known = verdict(rule, planes);
  if (known == Verdict::is_false || known == Verdict::is_true)
    return Value::boolean(known == Verdict::is_true);
  return walk(rule, Virtual{activation}, arena, planes);
}

Value RuleSet::evaluate(std::uint32_t rule, std::span<const Value> slots, Arena& arena,
                        PredicatePlanes& planes) const {
  const Verdict known = verdict(rule, planes);
  if (known == Verdict::is_false || known == Verdict::is_true)
    return Value::boolean(known == Verdict::is_true);
  return walk(rule, Array{slots}, arena, planes);
}

}  // namespace tillwatch::cel
