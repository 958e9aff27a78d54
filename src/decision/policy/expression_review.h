// What an expression means beyond its types: units that do not fit, comparisons that are always or never
// true, conditions that contradict each other. Called by the review of a policy, once for each expression.
// Adds faults at their places in the file; never changes what is computed.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cel/syntax.h"
#include "policy/model.h"
#include "policy/range.h"
#include "policy/unit.h"

namespace tillwatch::policy {

// What is known of a value before any entry is seen.
struct Meaning {
  Unit unit;
  Range range;
  std::vector<std::string> words;  // of a text: all that it can be; empty: anything
  bool whole = false;              // whole numbers only
  bool literal = false;            // written in the expression
};

// What the names of an expression mean.
struct Operand {
  std::string name;
  Meaning meaning;
  bool optional = false;  // an attribute or registered fact that many entries lack
};
using FindOperand = std::function<const Operand&(std::uint32_t slot)>;

class ExpressionReview {
 public:
  // All outlive the review.
  ExpressionReview(const cel::Tree& tree, const Expression& expression, const FindOperand& operand,
                   Faults& faults);
  // Reviews the whole tree; the meaning of its value.
  Meaning run();

 private:
  struct Constraint {
    std::string key;  // the operand as text: the same key is the same value
    Relation relation = Relation::equal;
    Range range;
    std::string word;  // of a comparison with a text
    bool of_word = false;
    bool exact = false;  // the other side is one written value
    bool whole = false;
    cel::NodeId node = 0;
  };

  Meaning visit(cel::NodeId id);
  Meaning literal(const cel::Node& node) const;
  Meaning call(cel::NodeId id);
  Meaning arithmetic(const cel::Node& node, const Meaning& a, const Meaning& b);
  Meaning conditional(cel::NodeId id);
  void comparison(cel::NodeId id, Relation relation, const Meaning& a, const Meaning& b);
  void text_comparison(const cel::Node& node, const cel::Node& text, const Meaning& other, Relation relation);
  void membership(const cel::Node& node, const Meaning& needle);
  void check_fit(const cel::Node& node, const Meaning& a, const Meaning& b, std::string_view verb);
  void check_literal(const cel::Node& node, const Meaning& number, const Meaning& other,
                     const cel::Node& named);
  void check_presence(cel::NodeId id);
  // `all`: joined by &&; else by ||.
  void check_together(cel::NodeId id, bool all);
  void gather(cel::NodeId id, cel::NodeKind kind, std::vector<cel::NodeId>& parts) const;
  std::optional<Constraint> constraint_of(cel::NodeId id);
  std::string key_of(cel::NodeId id) const;
  // As the author wrote it, as far as it is short.
  std::string words_of(cel::NodeId id) const;
  void add(const cel::Node& node, bool warning, std::string message, std::string hint);

  const cel::Tree& tree_;
  const Expression& expression_;
  const FindOperand& operand_;
  Faults& faults_;
  std::vector<std::string> asked_for_;  // names inside has()
};

}  // namespace tillwatch::policy
