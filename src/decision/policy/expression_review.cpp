#include "policy/expression_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cel/fault.h"
#include "core/time.h"
#include "yaml/yaml.h"

namespace tillwatch::policy {

using cel::Kind;
using cel::Node;
using cel::NodeId;
using cel::NodeKind;

namespace {

std::optional<Relation> relation_of(std::string_view function) {
  if (function == "_<_") return Relation::less;
  if (function == "_<=_") return Relation::less_equal;
  if (function == "_>_") return Relation::greater;
  if (function == "_>=_") return Relation::greater_equal;
  if (function == "_==_") return Relation::equal;
  if (function == "_!=_") return Relation::not_equal;
  return std::nullopt;
}

// Functions that change the type or the rounding of a number, not what it counts.
bool passes_on(std::string_view function) {
  return function == "double" || function == "int" || function == "math.abs" || function == "math.ceil" ||
         function == "math.floor" || function == "math.round" || function == "math.trunc";
}

std::string money_of(double minor) {
  return fmt::format("{}{:.2f}", minor < 0 ? "-" : "", std::abs(minor) / 100);
}

}  // namespace

ExpressionReview::ExpressionReview(const cel::Tree& tree, const Expression& expression,
                                   const FindOperand& operand, Faults& faults)
    : tree_(tree), expression_(expression), operand_(operand), faults_(faults) {
  for (const Node& node : tree_.nodes)
    if (node.test_only && node.reference == cel::Reference::slot)
      asked_for_.push_back(operand_(node.slot).name);
}

Meaning ExpressionReview::run() {
  return visit(tree_.root);
}

void ExpressionReview::add(const Node& node, bool warning, std::string message, std::string hint) {
  const cel::Place place = cel::place_of(expression_.source, node.at);
  faults_.push_back(
      {expression_.place_of(place.line, place.column), std::move(message), std::move(hint), warning});
}

Meaning ExpressionReview::literal(const Node& node) const {
  Meaning meaning;
  meaning.literal = true;
  switch (node.literal.kind) {
    case Kind::integer:
      meaning.unit.dimension = Dimension::literal;
      meaning.range = Range::point(static_cast<double>(node.literal.i));
      meaning.whole = true;
      break;
    case Kind::real:
      meaning.unit.dimension = Dimension::literal;
      meaning.range = Range::point(node.literal.d);
      break;
    case Kind::text:
      meaning.words = {node.text};
      break;
    default:
      break;
  }
  return meaning;
}

Meaning ExpressionReview::visit(NodeId id) {
  const Node& node = tree_.at(id);
  switch (node.kind) {
    case NodeKind::literal:
      return literal(node);
    case NodeKind::identifier:
    case NodeKind::select:
      if (node.reference == cel::Reference::slot && !node.test_only) return operand_(node.slot).meaning;
      break;
    case NodeKind::call:
      return call(id);
    case NodeKind::all_of:
    case NodeKind::any_of:
      for (const NodeId child : node.children) visit(child);
      check_together(id, node.kind == NodeKind::all_of);
      return {};
    case NodeKind::conditional:
      return conditional(id);
    default:
      break;
  }
  for (const NodeId child : node.children) visit(child);
  return {};
}

Meaning ExpressionReview::conditional(NodeId id) {
  const Node& node = tree_.at(id);
  visit(node.children[0]);
  const Meaning yes = visit(node.children[1]);
  const Meaning no = visit(node.children[2]);
  check_fit(node, yes, no, "is chosen against");
  Meaning meaning;
  meaning.unit = yes.unit.dimension == Dimension::literal ? no.unit : yes.unit;
  meaning.range = hull(yes.range, no.range);
  meaning.whole = yes.whole && no.whole;
  if (!yes.words.empty() && !no.words.empty()) {
    meaning.words = yes.words;
    meaning.words.insert(meaning.words.end(), no.words.begin(), no.words.end());
  }
  return meaning;
}

Meaning ExpressionReview::call(NodeId id) {
  const Node& node = tree_.at(id);
  std::vector<Meaning> inner;
  for (const NodeId child : node.children) inner.push_back(visit(child));
  if (const auto relation = relation_of(node.text); relation && inner.size() == 2) {
    comparison(id, *relation, inner[0], inner[1]);
    return {};
  }
  if (node.text == "!_") check_presence(node.children[0]);
  if (node.text == "_in_" && inner.size() == 2) {
    membership(node, inner[0]);
    return {};
  }
  if (inner.size() == 2 && node.text.size() == 3 && node.text.front() == '_')
    return arithmetic(node, inner[0], inner[1]);
  Meaning meaning;
  if (inner.size() == 1 && passes_on(node.text)) {
    meaning = inner[0];
    meaning.literal = false;
    meaning.whole = node.text == "int" || (inner[0].whole && node.text != "double");
    if (node.text != "double" && !(node.text == "int" && inner[0].whole)) meaning.range = {};
    return meaning;
  }
  if (node.text == "-_" && inner.size() == 1) {
    meaning = inner[0];
    meaning.range = multiply(inner[0].range, -1);
    return meaning;
  }
  if (node.text == "distance_m") {
    meaning.unit.dimension = Dimension::length;
    meaning.range = {0, 20'100'000};
    meaning.whole = true;
  }
  if (node.text == "size") {
    meaning.unit.dimension = Dimension::count;
    meaning.range = Range::from(0);
    meaning.whole = true;
  }
  return meaning;
}

Meaning ExpressionReview::arithmetic(const Node& node, const Meaning& a, const Meaning& b) {
  Meaning meaning;
  meaning.whole = a.whole && b.whole;
  meaning.literal = a.literal && b.literal;
  const std::optional<double> left = a.literal ? a.range.as_point() : std::nullopt;
  const std::optional<double> right = b.literal ? b.range.as_point() : std::nullopt;
  switch (node.text[1]) {
    case '+':
    case '-': {
      const bool minus = node.text[1] == '-';
      check_fit(node, a, b, minus ? "is subtracted from" : "is added to");
      meaning.unit = policy::sum(a.unit, b.unit, minus);
      meaning.range = minus ? subtract(a.range, b.range) : policy::add(a.range, b.range);
      break;
    }
    case '*':
      meaning.unit = product(a.unit, b.unit, left, right);
      if (right) meaning.range = multiply(a.range, *right);
      if (left) meaning.range = multiply(b.range, *left);
      break;
    case '/':
      meaning.unit = quotient(a.unit, b.unit, right);
      if (right) meaning.range = divide(a.range, *right, meaning.whole);
      break;
    case '%':
      if (right) meaning.range = remainder(a.range, *right);
      break;
    default:
      break;
  }
  return meaning;
}

void ExpressionReview::check_fit(const Node& node, const Meaning& a, const Meaning& b,
                                 std::string_view verb) {
  // An instant may be moved by a span; nothing else crosses dimensions.
  const bool moved = verb != "is compared with" &&
                     ((a.unit.dimension == Dimension::instant && b.unit.dimension == Dimension::time) ||
                      (a.unit.dimension == Dimension::time && b.unit.dimension == Dimension::instant));
  if (moved) return;
  const std::string left = words_of(node.children[node.children.size() - 2]);
  const std::string right = words_of(node.children.back());
  const auto both = [&] {
    return fmt::format("'{}', {}, {} '{}', {}", left, describe(a.unit), verb, right, describe(b.unit));
  };
  switch (fit(a.unit, b.unit)) {
    case Fit::fits:
      return;
    case Fit::other_dimension:
      return add(node, false, both(), "compare like with like, or correct the `unit` of one of them");
    case Fit::other_scale:
      return add(node, false, both(),
                 a.unit.dimension == Dimension::money   ? "1 元 is 100 分: bring both to 分"
                 : a.unit.dimension == Dimension::time  ? "write a duration such as 30d with unit: duration"
                 : a.unit.dimension == Dimension::ratio ? "write 0.4 with unit: share for 40 %"
                                                        : "bring both to one unit");
    case Fit::other_currency:
      return add(node, true, both(), "use amount_base on both sides, or ask for currency == \"CNY\" as well");
    case Fit::unit_missing: {
      const bool left_bare = a.unit.dimension == Dimension::bare;
      const Unit& other = left_bare ? b.unit : a.unit;
      return add(node, false, both(),
                 fmt::format("give '{}' a unit: {}", left_bare ? left : right,
                             other.dimension == Dimension::money  ? "money (its value in 分)"
                             : other.dimension == Dimension::time ? "duration (its value such as 10m)"
                                                                  : "instant"));
    }
  }
}

// A number in the expression takes the unit of what it meets: say which one, where that may surprise.
void ExpressionReview::check_literal(const Node& node, const Meaning& number, const Meaning& other,
                                     const Node& named) {
  const std::optional<double> value = number.range.as_point();
  if (!number.literal || !value || *value == 0 || number.unit.dimension != Dimension::literal) return;
  const std::string name = words_of(static_cast<NodeId>(&named - tree_.nodes.data()));
  if (other.unit.dimension == Dimension::money && other.unit.scale == 1)
    return add(node, true,
               fmt::format("'{}' counts minor units (分), so {} is {} in main units (元)", name, *value,
                           money_of(*value)),
               "a limit belongs under `parameters`, with unit: money and its source");
  if (other.unit.dimension == Dimension::time && other.unit.scale == 1 && std::abs(*value) < 1000)
    return add(node, true, fmt::format("'{}' counts milliseconds, so {} is less than a second", name, *value),
               "put it under `parameters` with unit: duration, its value such as 10m");
}

void ExpressionReview::comparison(NodeId id, Relation relation, const Meaning& a, const Meaning& b) {
  const Node& node = tree_.at(id);
  const Node& left = tree_.at(node.children[0]);
  const Node& right = tree_.at(node.children[1]);
  if (relation == Relation::not_equal) {
    check_presence(node.children[0]);
    check_presence(node.children[1]);
  }
  if (right.kind == NodeKind::literal && right.literal.kind == Kind::text)
    return text_comparison(node, right, a, relation);
  if (left.kind == NodeKind::literal && left.literal.kind == Kind::text)
    return text_comparison(node, left, b, relation);
  check_fit(node, a, b, "is compared with");
  if (a.literal && b.literal) return;
  const Truth truth = compare(a.range, relation, b.range);
  if (truth == Truth::maybe) {
    check_literal(node, b, a, left);
    check_literal(node, a, b, right);
    return;
  }
  const Range& known = a.literal ? b.range : a.range;
  const std::string name = words_of(node.children[a.literal ? 1 : 0]);
  std::string span = std::isinf(known.high)  ? fmt::format("at least {}", known.low)
                     : std::isinf(known.low) ? fmt::format("at most {}", known.high)
                                             : fmt::format("from {} to {}", known.low, known.high);
  if (known.as_point()) span = fmt::format("{}", known.low);
  // What parameters make impossible today may be meant for another day.
  const bool by_parameter = name.starts_with("param.") || words_of(node.children[1]).starts_with("param.");
  add(node, by_parameter,
      fmt::format("this is {} true: '{}' is {}", truth == Truth::always ? "always" : "never", name, span),
      known.high <= 1 && known.low >= 0 ? "a share lies from 0 to 1: write 0.4 for 40 %"
                                        : "correct the number or the relation, or leave the comparison out");
}

void ExpressionReview::text_comparison(const Node& node, const Node& text, const Meaning& other,
                                       Relation relation) {
  if (other.words.empty() || other.literal) return;
  if (relation != Relation::equal && relation != Relation::not_equal) return;
  if (std::ranges::find(other.words, text.text) != other.words.end()) return;
  const NodeId named = &text == &tree_.at(node.children[1]) ? node.children[0] : node.children[1];
  const std::string near = yaml::nearest(text.text, other.words);
  add(text, false,
      fmt::format("'{}' is never \"{}\", so this is {} true", words_of(named), text.text,
                  relation == Relation::equal ? "never" : "always"),
      near.empty() ? fmt::format("it is one of: {}", fmt::join(other.words, ", "))
                   : fmt::format("did you mean \"{}\"?", near));
}

void ExpressionReview::membership(const Node& node, const Meaning& needle) {
  const Node& list = tree_.at(node.children[1]);
  if (needle.words.empty() || needle.literal || list.kind != NodeKind::list) return;
  for (const NodeId item : list.children) {
    const Node& each = tree_.at(item);
    if (each.kind != NodeKind::literal || each.literal.kind != Kind::text) continue;
    if (std::ranges::find(needle.words, each.text) != needle.words.end()) continue;
    const std::string near = yaml::nearest(each.text, needle.words);
    add(each, false, fmt::format("'{}' is never \"{}\"", words_of(node.children[0]), each.text),
        near.empty() ? fmt::format("it is one of: {}", fmt::join(needle.words, ", "))
                     : fmt::format("did you mean \"{}\"?", near));
  }
}

// Where an attribute is absent the whole condition fails, unless && or || goes around it: with `==` that is
// what is wanted, with `!` and `!=` it is a silent gap.
void ExpressionReview::check_presence(NodeId id) {
  const Node& node = tree_.at(id);
  if (node.reference != cel::Reference::slot || node.test_only) return;
  if (node.kind != NodeKind::identifier && node.kind != NodeKind::select) return;
  const Operand& operand = operand_(node.slot);
  if (!operand.optional || std::ranges::find(asked_for_, operand.name) != asked_for_.end()) return;
  add(node, true,
      fmt::format("where '{}' is absent this has no answer, and the rule's on_error decides", operand.name),
      fmt::format("write has({0}) && ... where it has to be there, or !has({0}) || ... where it need not be",
                  operand.name));
}

}  // namespace tillwatch::policy
