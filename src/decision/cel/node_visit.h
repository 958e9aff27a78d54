// Which member of a visitor takes which kind of node. Called by the checker and the tree evaluator, so that a
// new kind of node cannot be forgotten in one of them. Visits no child: that is the visitor's.
#pragma once

#include "cel/syntax.h"

namespace tillwatch::cel {

// The visitor has a member for each kind; && and || are `logical`. What the parser has found fault with, and
// messages, have no value.
template <class Visitor, class AnyNode>
auto visit_node(Visitor& visitor, AnyNode& node) {
  switch (node.kind) {
    case NodeKind::invalid:
    case NodeKind::message:
      break;
    case NodeKind::literal:
      return visitor.literal(node);
    case NodeKind::identifier:
      return visitor.name(node);
    case NodeKind::select:
      return visitor.select(node);
    case NodeKind::index:
      return visitor.index(node);
    case NodeKind::call:
      return visitor.call(node);
    case NodeKind::all_of:
    case NodeKind::any_of:
      return visitor.logical(node);
    case NodeKind::conditional:
      return visitor.conditional(node);
    case NodeKind::list:
      return visitor.list(node);
    case NodeKind::map:
      return visitor.map(node);
    case NodeKind::comprehension:
      return visitor.comprehension(node);
    case NodeKind::bind:
      return visitor.bind(node);
    case NodeKind::optional_map:
      return visitor.optional_map(node);
  }
  return visitor.no_value(node);
}

}  // namespace tillwatch::cel
